package scan

import "os"

// POSOf is the first scanner of a system that is kept in two folders.
func POSOf(system, dev string) POS { return POS{system: os.DirFS(system), dev: dev} }

// TakeReport reads one report by a descriptor.
func TakeReport(descriptor, report []byte) (data []byte, ok bool) {
	r, err := parseReports(descriptor)
	if err != nil {
		return nil, false
	}
	data, _, _, ok = r.take(report)
	return data, ok
}
