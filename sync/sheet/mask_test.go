package sheet_test

import (
	"testing"

	"postern/sync/sheet"
)

func TestMask(t *testing.T) {
	for name, want := range map[string]string{
		"张伟": "张*", "王小明": "王*明", "欧阳小明": "欧**明", "张": "张*", "买买提·艾力·吐尔逊": "买***逊",
		"John": "J***", "John Smith": "J*** S***", "Anna Maria Berg": "A*** M***", "  Li  ": "L***", "": "", "Ωmega": "Ω***",
		"किरण शर्मा": "क*** श***", "กิตติ น้ำผึ้ง": "ก*** น***", "مُحَمَّد": "م***", "홍길동": "홍***", "\u1112\u1169\u11bc": "홍***", "e\u0301lodie": "é***",
		"王小\u845b\U000e0100": "王*葛\U000e0100", "\u845b\U000e0100城": "葛\U000e0100*",
	} {
		if got := sheet.Mask(name); got != want {
			t.Errorf("%q is masked as %q, want %q", name, got, want)
		}
	}
}
