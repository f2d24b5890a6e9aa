package scan

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
)

// What is looked for in a scanner's reports: HID Point of Sale Usage Tables
// 1.02, section 3; the byte count stands in HID Usage Tables 1.5, section 4.
const (
	usageByteCount = 0x01<<16 | 0x3b
	usageSymbology = 0x8c<<16 | 0xfb // first of three characters, "]Q1"
	usageData      = 0x8c<<16 | 0xfe
	usageContinued = 0x8c<<16 | 0xff
)

// Bounds of a descriptor, which the device wrote.
const (
	maxDescriptor = 4096   // as Linux has it: HID_MAX_DESCRIPTOR_SIZE
	maxReport     = 1 << 9 // bytes; the longest that USB carries at once is 64 or, fast, 512
	maxUsages     = 64     // named for one item
	maxPushes     = 8
)

var errNoScanner = errors.New("it is no bar code scanner in HID POS mode")

// reports says where a scanner's reports hold what. Places are bytes from the
// report's begin, its ID counted where it has one.
type reports struct {
	id        byte // the first byte of a report; 0 where the device has one kind alone
	numbered  bool
	size      int // bytes of a report
	count     int // where it says how many bytes of data there are; -1 where it does not
	symbology int // -1 where there is none
	data, end int // the data stands in [data, end)
	continued int // the bit, from the report's begin, that says more follows; -1 where there is none
}

// field is one value of a report, as its descriptor tells.
type field struct {
	usage     uint32
	bit, bits int // from the report's begin
}

// parseReports reads a report descriptor (HID 1.11, section 6.2.2) and finds the
// reports of decoded data in it. Any other device, and whatever does not parse,
// is errNoScanner.
func parseReports(descriptor []byte) (reports, error) {
	if len(descriptor) > maxDescriptor {
		return reports{}, errNoScanner
	}
	p := itemParser{lengths: make(map[byte]int), fields: make(map[byte][]field)}
	for len(descriptor) > 0 {
		var ok bool
		if descriptor, ok = p.item(descriptor); !ok {
			return reports{}, errNoScanner
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.fields)) {
		if r, ok := p.layout(id, p.fields[id]); ok {
			return r, nil
		}
	}
	return reports{}, errNoScanner
}

// globals are what a descriptor says once for all items that follow.
type globals struct {
	page        uint32
	size, count int
	id          byte
}

// itemParser holds what a descriptor has said so far.
type itemParser struct {
	globals
	pushed  []globals
	usages  []uint32
	low     uint32       // of a range of usages
	lengths map[byte]int // bits of each report's input
	fields  map[byte][]field
}

// Short items, by tag and type (HID 1.11, sections 6.2.2.4, 6.2.2.7, 6.2.2.8).
const (
	itemInput      = 0x80
	itemOutput     = 0x90
	itemFeature    = 0xb0
	itemCollection = 0xa0
	itemEnd        = 0xc0
	itemPage       = 0x04
	itemSize       = 0x74
	itemID         = 0x84
	itemCount      = 0x94
	itemPush       = 0xa4
	itemPop        = 0xb4
	itemUsage      = 0x08
	itemUsageMin   = 0x18
	itemUsageMax   = 0x28
	itemLong       = 0xfe
)

// item takes the next item off a descriptor.
func (p *itemParser) item(b []byte) (rest []byte, ok bool) {
	if b[0] == itemLong { // none are defined: HID 1.11, section 6.2.2.3
		if len(b) < 3 || len(b) < 3+int(b[1]) {
			return nil, false
		}
		return b[3+int(b[1]):], true
	}
	n := int(b[0] & 3)
	if n == 3 {
		n = 4
	}
	if len(b) < 1+n {
		return nil, false
	}
	var value [4]byte
	copy(value[:], b[1:1+n])
	return b[1+n:], p.short(b[0]&^3, binary.LittleEndian.Uint32(value[:]), n)
}

func (p *itemParser) short(kind byte, value uint32, n int) bool {
	switch kind {
	case itemInput:
		if !p.input() {
			return false
		}
		p.usages = p.usages[:0]
	case itemOutput, itemFeature, itemCollection, itemEnd:
		p.usages = p.usages[:0]
	case itemPage:
		p.page = value
	case itemSize:
		p.size = int(value)
	case itemCount:
		p.count = int(value)
	case itemID:
		p.id = byte(value)
		return value > 0 && value < 256
	case itemPush:
		p.pushed = append(p.pushed, p.globals)
		return len(p.pushed) <= maxPushes
	case itemPop:
		if len(p.pushed) == 0 {
			return false
		}
		p.globals, p.pushed = p.pushed[len(p.pushed)-1], p.pushed[:len(p.pushed)-1]
	case itemUsage:
		return p.name(p.whole(value, n))
	case itemUsageMin:
		p.low = p.whole(value, n)
	case itemUsageMax:
		return p.nameAll(p.low, p.whole(value, n))
	}
	return true
}

// whole is a usage with its page, which is the global one unless it has its own.
func (p *itemParser) whole(value uint32, n int) uint32 {
	if n == 4 {
		return value
	}
	return p.page<<16 | value
}

func (p *itemParser) name(usage uint32) bool {
	p.usages = append(p.usages, usage)
	return len(p.usages) <= maxUsages
}

func (p *itemParser) nameAll(low, high uint32) bool {
	for u := low; u <= high && p.name(u); u++ {
	}
	return len(p.usages) <= maxUsages
}

// input takes the fields of an input item; the last usage is that of all that follow.
func (p *itemParser) input() bool {
	length := p.lengths[p.id]
	if p.size < 0 || p.size > 32 || p.count < 0 || p.count > 8*maxReport || length+p.size*p.count > 8*maxReport {
		return false
	}
	for i := range p.count {
		if len(p.usages) > 0 && p.size > 0 {
			p.fields[p.id] = append(p.fields[p.id], field{p.usages[min(i, len(p.usages)-1)], length, p.size})
		}
		length += p.size
	}
	p.lengths[p.id] = length
	return true
}

// layout is where a report holds what; false if it holds no decoded data in whole bytes.
func (p *itemParser) layout(id byte, fields []field) (reports, bool) {
	head := 0
	if id != 0 {
		head = 1
	}
	r := reports{
		id: id, numbered: id != 0, size: head + (p.lengths[id]+7)/8,
		count: -1, symbology: -1, data: -1, continued: -1,
	}
	for _, f := range fields {
		at, whole := head+f.bit/8, f.bit%8 == 0 && f.bits == 8
		switch {
		case f.usage == usageByteCount && whole && r.count < 0:
			r.count = at
		case f.usage == usageSymbology && whole && r.symbology < 0:
			r.symbology = at
		case f.usage == usageData && whole && r.data < 0:
			r.data, r.end = at, at+1
		case f.usage == usageData && whole && r.end == at:
			r.end++
		case f.usage == usageContinued && r.continued < 0:
			r.continued = 8*head + f.bit
		}
	}
	return r, r.data >= 0
}

// take gives what one report holds: its data, the symbology identifier where
// there is one, and whether more follows. Other reports give ok false.
func (r reports) take(report []byte) (data []byte, symbology string, more, ok bool) {
	if len(report) < r.size || r.numbered && report[0] != r.id {
		return nil, "", false, false
	}
	end := r.end
	if r.count >= 0 {
		end = min(end, r.data+int(report[r.count]))
	}
	if r.symbology >= 0 && r.symbology+3 <= r.data {
		symbology = string(report[r.symbology : r.symbology+3])
	}
	more = r.continued >= 0 && report[r.continued/8]>>(r.continued%8)&1 == 1
	return report[r.data:end], symbology, more, true
}
