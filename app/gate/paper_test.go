package gate

import "testing"

func TestMark(t *testing.T) {
	for place, want := range map[string]string{
		"东门": "东", "第三医院南门": "南", "行政服务中心": "行", "東門": "東", "碑林区图书馆东南门": "东南", "2号门": "2", "体育馆三号门入口": "三",
		"A口": "A", "火车站东二门": "东二", "发热门诊": "发", "东方医院": "东", "西安站北广场B口": "B", "Library北门": "北",
		"North gate": "NG", "East Gate, inner door": "EGID", "gate 12": "G12", "école maternelle, entrée ouest": "ÉMEO",
		"": "3646", "!?": "3646",
	} {
		if got := mark(place, "36465d89"); got != want {
			t.Errorf("%q has the mark %q, want %q", place, got, want)
		}
	}
	if got := mark("", ""); got != "X" {
		t.Errorf("without place and ID the mark is %q", got)
	}
}
