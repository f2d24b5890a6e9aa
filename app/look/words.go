package look

import "strings"

// unbroken are the words of the screens that read badly when a line breaks
// within them. Lines breaks them only where it needs fewer lines by that.
var unbroken = set(`
没有 登记 主管 记录 数据 本机 放行 通行 核验 证件 机构 设备 核对 检测 演练 出示 密码 中心 一次 本处 更新 不是
对方 或者 不能 管理 程序 使用 内容 可能 告诉 正在 设置 扫码 状态 公钥 可以 重新 打开 上传 输入 暂停 结果 另一
时间 检查 照常 文件 镜头 无法 要求 过期 纸质 图片 联网 名单 在场 编号 这里 屏幕 出错 写入 存储 空间 紧急 人数
代码 原来 处理 现在 规则 姓名 撤销 规定 所以 自动 声音 卡片 全部 不可 不符 已经 版本 联系 需要 采样 保存 小时
补光 判断 符合 最近 接受 临时 别处 签名 任何 不在 吊销 是否 时钟 就医 启动 其他 损坏 今日 办法 开头 原因 相符
结束 督察 上岗 退出 网络 确认 回到 个人 问题 生效 阴性 阳性 未定 相差 本人 有效 正常 擦净 调亮 算数 知道 完成
分钟 对准 文字 复制 返回 要紧 部门 值守 人员 工号 全屏 菜单 密钥 打印 归零 以后 禁行 准备 伪造 改动 发码 请把
请在 请看 请再 请对 请主 这个 这张 这台 这次 一个 一张 一条 还没 还差 已是 真的 身份 车票 扫描 孕产 避险 疏散
急病 立即 成绩 亮带 振动 音量 强光 夜间 白天 手机 电话 人命 先放 护士 访客 餐厅 临产 孕妇 递回 刚刚 马上 礼貌
离线 验证 恢复 备用 停用 出生 范围 网址 付款 选择 慢慢 靠近 上方 新旧 照样 顺序 可信 日期 权限 交班 目前 门口
裝置 機構 查驗 證件 核對 檢測 演練 紀錄 記錄 螢幕 登記 沒有 這張 這個 這台 這次 這裡 還沒 還差 對方 程式 掃描
編號 無法 狀態 撤銷 公鑰 儲存 設定 輸入 暫停 結果 時間 檢查 鏡頭 過期 紙本 圖片 連網 名單 空間 在場 寫入 緊急
人數 開啟 代碼 原來 處理 規則 規定 自動 聲音 已經 聯絡 啟動 值勤 補光 判斷 臨時 別處 簽名 時鐘 採檢 就醫 損壞
辦法 開頭 結束 網路 採用 確認 問題 陰性 陽性 調亮 算數 複製 要緊 部門 員工 全螢 金鑰 列印 歸零 準備 偽造 改動
發碼 上傳 密碼 檔案 號碼 遺失 護士 訪客 餐廳 剛剛 驗證 識別 備用 範圍 網址 選擇 新舊 照樣 順序 校正 權限 巡查
上班 門口 中斷 馬上 禮貌 離線 文件夹 登记表 登记码 通行码 动态码 纸质码 扫码枪 資料夾 登記表 登記碼 通行碼 動態碼
紙本碼 掃描槍
`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// cuts reports whether a break between two texts would cut one of the words.
func cuts(before, after string) bool {
	b, a := []rune(before), []rune(after)
	for back := 1; back <= min(2, len(b)); back++ {
		for on := 1; on <= min(3-back, len(a)); on++ {
			if unbroken[string(b[len(b)-back:])+string(a[:on])] {
				return true
			}
		}
	}
	return false
}
