package pass_test

import (
	"errors"
	"strings"
	"testing"

	"postern/sync/pass"
)

// What people hold before a gate by mistake is no pass, and nobody is accused
// of it. None of these addresses and numbers is anybody's.
func TestWhatIsNoPass(t *testing.T) {
	keys := ring(foreignKey(rfcKey().Public()), identityKey(rfcKey().Public()), healthKey(p256Key(t).Public()), nativeKey(t, rfcKey().Public()))
	for name, text := range map[string]string{
		"web address":            "https://menu.example/table/12?lang=zh",
		"web address, capitals":  "HTTPS://MENU.EXAMPLE/T/12",
		"web address, plain":     "http://qr.example/p/AbC123",
		"address without scheme": "www.example.org",
		"health code page":       "https://health.example/code?uuid=3f2c4e1a&v=2",
		"WeChat payment":         "weixin://wxpay/bizpayurl?pr=InVeNtEd",
		"WeChat merchant":        "wxp://f2f0InventedInventedInvented",
		"WeChat contact":         "https://u.wechat.example/kInVeNtEd",
		"Alipay":                 "https://qr.alipay.example/fkx00000invented",
		"Alipay app":             "alipays://platformapi/startapp?appId=20000001",
		"Alipay payer":           "288012345678901234",
		"WeChat payer":           "134567890123456789",
		"UnionPay":               "https://qr.95516.example/00010000/62010000000000000000",
		"EMVCo merchant":         "00020101021126330016A0000000000000010109INVENTED052040000530315654031005802CN5908INVENTED6004XIAN6304ABCD",
		"EMVCo consumer":         "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MQ==",
		"UPI":                    "upi://pay?pa=nobody@example&pn=Nobody&am=10.00&cu=INR",
		"SEPA":                   "BCD\n002\n1\nSCT\nINVENTED1\nNobody\nXX00000000000000000000\nEUR1\n\n\nnothing",
		"Swiss bill":             "SPC\r\n0200\r\n1\r\nXX0000000000000000000\r\nS\r\nNobody",
		"bitcoin":                "bitcoin:bc1qinventedinventedinvented?amount=0.01",
		"Wi-Fi":                  "WIFI:T:WPA;S:Invented Guest;P:open sesame;;",
		"Wi-Fi, small":           "wifi:T:nopass;S:Invented;;",
		"vCard":                  "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Nobody;Nora\r\nTEL:+000000\r\nEND:VCARD",
		"MeCard":                 "MECARD:N:Nobody,Nora;TEL:000000;;",
		"calendar":               "BEGIN:VEVENT\nSUMMARY:Lunch\nDTSTART:20261122T040000Z\nEND:VEVENT",
		"telephone":              "tel:+86000000000",
		"message":                "SMSTO:+000000:hello",
		"mail":                   "mailto:nobody@example.org?subject=hi",
		"place":                  "geo:34.26,108.94",
		"one-time password":      "otpauth://totp/Invented:nobody?secret=JBSWY3DPEHPK3PXP&issuer=Invented",
		"app":                    "intent://scan/#Intent;scheme=invented;end",
		"menu":                   "今日菜单\n1. 油泼面 18\n2. 肉夹馍 12",
		"menu in capitals":       "MENU OF TODAY: 1 NOODLES 18, 2 BREAD 12",
		"barcode of goods":       "6901234567892",
		"book":                   "ISBN 978-0-00-000000-0",
		"parcel":                 "SF0000000000000",
		"boarding pass":          "M1NOBODY/NORA         EABCDEF XIYPEKXX 0000 326Y012A0001 100",
		"passport lines":         "P<UTONOBODY<<NORA<<<<<<<<<<<<<<<<<<<<<<<<<<<\nX000000000UTO9001011F3001012<<<<<<<<<<<<<<00",
		"driving licence":        "@\n\x1e\rANSI 636000090002DL00410278ZV03190008DLDAQT64235789",
		"UUID":                   "3f2c4e1a-0000-4000-8000-000000000000",
		"JWT":                    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl",
		"JSON":                   `{"type":"ticket","id":42}`,
		"JSON list":              `[1,2,3]`,
		"XML":                    "<?xml version=\"1.0\"?><QR><id>0</id></QR>",
		"base64":                 "SGVsbG8sIHdvcmxkIQ==",
		"hexadecimal":            "48656C6C6F2C20776F726C64",
		"digits":                 strings.Repeat("1234567890", 30),
		"base45 of something":    "%69 VD92EX0",
		"matter device":          "MT:Y.K9042C00KA0648G00",
		"another version":        "HC2:NCFI80T80T9WTWGVLK5A9",
		"a prefix alone":         "HC1",
		"small letters":          "hc1:ncfi80",
		"looks like a card":      "shc:5676290952432060346",
		"a link that is none":    "https://example.org/shlink:/eyJ1cmwi",
		"nothing":                "",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := pass.Open(text, keys)
			if p != nil || !errors.Is(err, pass.ErrForeign) {
				t.Errorf("gave %v, %v", p, err)
			}
		})
	}
	for _, link := range []string{
		"shlink:/eyJ1cmwiOiJodHRwczovL3NobC5leGFtcGxlIn0",
		"https://viewer.example/#shlink:/eyJ1cmwiOiJodHRwczovL3NobC5leGFtcGxlIn0",
		"http://viewer.example/a/b?c=d#shlink:/eyJ1cmwi\n",
	} {
		wantError(t, link, keys, pass.ErrNeedsNetwork)
	}
}
