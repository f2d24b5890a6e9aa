package camera_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"testing"

	"postern/app/camera"
)

// segment finds a JPEG's marker segment and gives where it begins and ends.
func segment(t testing.TB, data []byte, marker byte) (from, to int) {
	t.Helper()
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == marker {
			return at, end
		}
		at = end
	}
	t.Fatalf("no segment %x", marker)
	return 0, 0
}

// withoutTables is the JPEG as AVI1 cameras send it.
func withoutTables(t testing.TB, jpeg []byte) []byte {
	t.Helper()
	from, to := segment(t, jpeg, 0xc4)
	return append(bytes.Clone(jpeg[:from]), jpeg[to:]...)
}

// resized is the JPEG with a lie about its size.
func resized(t testing.TB, jpeg []byte, w, h int) []byte {
	t.Helper()
	out := bytes.Clone(jpeg)
	from, _ := segment(t, out, 0xc0)
	binary.BigEndian.PutUint16(out[from+5:], uint16(h))
	binary.BigEndian.PutUint16(out[from+7:], uint16(w))
	return out
}

// progressive is the JPEG that says it is one.
func progressive(t testing.TB, jpeg []byte) []byte {
	t.Helper()
	out := bytes.Clone(jpeg)
	from, _ := segment(t, out, 0xc0)
	out[from+1] = 0xc2
	return out
}

func TestTablesArePutIn(t *testing.T) {
	whole := photo(t, 160, 120)
	bare := withoutTables(t, whole)
	if bytes.Contains(bare, []byte{0xff, 0xc4}) {
		t.Fatal("there are tables left")
	}
	want, _, err := camera.Picture(whole)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := camera.Picture(bare)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the picture is another without its tables")
	}
}

// FuzzPicture: whatever comes, it is an error or a whole picture within bounds.
func FuzzPicture(f *testing.F) {
	jpeg := photo(f, 64, 48)
	f.Add(jpeg)
	f.Add(withoutTables(f, jpeg))
	f.Add(progressive(f, jpeg))
	f.Add(resized(f, jpeg, 4000, 4000))
	f.Add(jpeg[:len(jpeg)/2])
	f.Add([]byte("\xff\xd8\xff\xff\xff\xda\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		gray, color, err := camera.Picture(data)
		if err != nil {
			return
		}
		w, h := gray.Rect.Dx(), gray.Rect.Dy()
		if w < 1 || h < 1 || w*h > camera.MaxPixels || color.Bounds() != gray.Rect || gray.Rect.Min != (image.Point{}) || len(gray.Pix) < gray.Stride*(h-1)+w {
			t.Fatalf("gray %v, colour %v", gray.Rect, color.Bounds())
		}
	})
}

// FuzzParts: whatever a stream holds, no body is empty, longer than the bound
// or longer than what came; and what a camera would send comes back.
func FuzzParts(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Length: 3\r\n\r\nabc\r\n--b\r\n\r\nde\nf\r\n--b--\r\n"), []byte("body"))
	f.Add([]byte("--b\nContent-Length: 3\n\nabc--b\n\n\n--b\n"), []byte("\r\n--"))
	f.Add([]byte("preamble\r\n--b--"), []byte{})
	f.Fuzz(func(t *testing.T, stream, body []byte) {
		bodies, _ := camera.Bodies(stream, replace+"b")
		total := 0
		for _, b := range bodies {
			if total += len(b); len(b) == 0 || len(b) > camera.MaxFrame {
				t.Fatalf("a body of %d bytes", len(b))
			}
		}
		if total > len(stream) {
			t.Fatalf("%d bytes out of %d", total, len(stream))
		}
		if len(body) == 0 {
			return
		}
		whole := part("b", body) + part("b", body) + "--b--\r\n"
		if bodies, err := camera.Bodies([]byte(whole), replace+"b"); err != nil || len(bodies) != 2 || !bytes.Equal(bodies[0], body) || !bytes.Equal(bodies[1], body) {
			t.Fatalf("%q came back as %q, %v", body, bodies, err)
		}
	})
}
