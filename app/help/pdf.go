package help

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"io"
)

// WritePDF writes a page as a PDF of one A4 picture (ISO 32000-1, 7.5 and 8.9).
func WritePDF(w io.Writer, img *image.RGBA) error {
	var pixels bytes.Buffer
	z := zlib.NewWriter(&pixels)
	rgb := make([]byte, 0, 3*img.Rect.Dx())
	for y := range img.Rect.Dy() {
		rgb = rgb[:0]
		line := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]
		for x := 0; x < len(line); x += 4 {
			rgb = append(rgb, line[x], line[x+1], line[x+2])
		}
		z.Write(rgb) // into memory: it never fails
	}
	z.Close()
	const content = "595.28 0 0 841.89 0 0 cm /P Do"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream",
			img.Rect.Dx(), img.Rect.Dy(), pixels.Len(), pixels.String()),
	}
	b := bytes.NewBufferString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var places []int
	for i, o := range objects {
		places = append(places, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	_, err := w.Write(b.Bytes())
	return err
}
