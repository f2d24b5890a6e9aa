//go:build linux && !android

package scan_test

import (
	"bytes"
	"testing"

	"postern/app/scan"
)

// FuzzHID: a device writes both its descriptor and its reports. Whatever they
// are, what comes out was in the report.
func FuzzHID(f *testing.F) {
	f.Add(posDescriptor, posReports("PP1:NCF", "]Q1"))
	f.Add(mouseDescriptor, []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, descriptor, report []byte) {
		if data, ok := scan.TakeReport(descriptor, report); ok && !bytes.Contains(report, data) {
			t.Errorf("% x is not in % x", data, report)
		}
	})
}
