package ui_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// mainland are words of the mainland that Taiwan says otherwise; a draft brings them back.
var mainland = strings.Fields("屏幕 信息 網絡 聯網 打印 程序 設置 默認 視頻 軟件 文件夾 粘貼 攝像 二維碼 登錄 數據 激活 回車 " +
	"用戶 核驗 口令 密鑰 採樣 工號 崗亭 值班 剪貼板 菜單碼 揚聲器 振動 全屏 抬杆 U盤 吊銷 刷新 反饋 質量 通過網")

// Traditional Chinese is that of Taiwan in its words too.
func TestTaiwanSaysItSo(t *testing.T) {
	for key, sentence := range catalogue(t, "zh-Hant") {
		for _, word := range mainland {
			if strings.Contains(sentence, word) {
				t.Errorf("%s says %s: %q", key, word, sentence)
			}
		}
	}
}

// A word in quotation marks is on a button, letter by letter.
func TestQuotedWordsAreOnButtons(t *testing.T) {
	for language, quoted := range map[string]*regexp.Regexp{"zh": regexp.MustCompile(`“([^{}”]+)”`), "zh-Hant": regexp.MustCompile(`「([^{}」]+)」`)} {
		words := catalogue(t, language)
		var short []string
		for _, s := range words {
			if utf8.RuneCountInString(s) < 10 {
				short = append(short, s)
			}
		}
		found := 0
		for key, sentence := range words {
			for _, m := range quoted.FindAllStringSubmatch(sentence, -1) {
				if found++; !slices.Contains(short, m[1]) {
					t.Errorf("%s %s: no button says %s", language, key, m[1])
				}
			}
		}
		if found < 5 {
			t.Errorf("%s quotes %d buttons", language, found)
		}
	}
}
