package qr

import "testing"

func TestToUTF8(t *testing.T) {
	for name, c := range map[string]struct {
		eci  int
		data string
		want string
	}{
		"utf-8 unstated":      {eciUnstated, "\xe9\x80\x9a\xe8\xa1\x8c", "通行"},
		"gb18030 by eci":      {eciGB18030, "\xcd\xa8\xd0\xd0", "通行"},
		"gb18030 four bytes":  {eciGB18030, "\x81\x39\xee\x39", "\u3400"},
		"gb18030 unstated":    {eciUnstated, "\xcd\xa8\xd0\xd0\xd6\xa4 A1", "通行证 A1"},
		"shift-jis unstated":  {eciUnstated, "\x83\x65\x83\x58\x83\x67", "テスト"},
		"half-width katakana": {eciUnstated, "\xc3\xbd\xc4 123", "ﾃｽﾄ 123"},
		"half-width words":    {eciUnstated, "\xdc\xb8\xc1\xdd \xbe\xaf\xbc\xad \xbc\xae\xb3\xd2\xb2", "ﾜｸﾁﾝ ｾｯｼｭ ｼｮｳﾒｲ"},
		"both widths":         {eciUnstated, "\x90\xda\x8e\xed\x8f\xd8\x96\xbe\x8f\x91 \xc3\xbd\xc4", "接種証明書 ﾃｽﾄ"},
		"latin-1 capitals":    {eciUnstated, "\xc4\xd6\xdc MUSTER", "ÄÖÜ MUSTER"},
		"latin-1 signs":       {eciUnstated, "2\xbd \xb0C \xb120", "2½ °C ±20"},
		"latin-1 quotes":      {eciUnstated, "\xabGR\xdc\xdfE\xbb", "«GRÜßE»"},
		"windows quotes":      {eciUnstated, "\x93GR\xdc\xdfE\x94 \xbb", "\u0093GRÜßE\u0094 »"},
		"hanzi of the same":   {eciUnstated, "\xb3\xd6\xd6\xa4\xc8\xcb", "持证人"},
		"shift-jis by eci":    {eciShiftJIS, "\x93\xfa\x96\x7b", "日本"},
		"latin-1 unstated":    {eciUnstated, "M\xfcller Stra\xdfe", "Müller Straße"},
		"latin-1 by eci":      {3, "caf\xe9", "café"},
		"cyrillic by eci":     {7, "\xbf\xe0\xd8", "При"},
		"utf-16 by eci":       {25, "\x90\x1a\x88\x4c", "通行"},
		"utf-8 that is not":   {eciUTF8, "caf\xe9", "café"},
		"a set nobody knows":  {999999, "plain", "plain"},
		"high bytes at a cut": {eciUnstated, "\xfc", "ü"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := toUTF8([]byte(c.data), c.eci); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
