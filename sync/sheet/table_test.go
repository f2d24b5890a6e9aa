package sheet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"postern/sync/sheet"
)

// read gives the rows of a table by its wanted columns, and the lines that are bad.
func read(t *testing.T, text string, columns ...string) (rows [][]string, bad map[int]string, table *sheet.Table) {
	t.Helper()
	table, err := sheet.Open(t.Context(), strings.NewReader(text), t.TempDir(), columns...)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	_, err = table.Each(t.Context(), func(row sheet.Row) error {
		var got []string
		for i := range columns {
			got = append(got, row.Field(i))
		}
		rows = append(rows, got)
		return nil
	})
	bad = map[int]string{}
	var lines *sheet.BadLines
	switch {
	case errors.As(err, &lines):
		for _, l := range lines.Lines {
			bad[l.Line] = l.What
		}
	case err != nil:
		t.Fatal(err)
	}
	return rows, bad, table
}

// Columns stand in any order, blank lines count for nothing, and one bad line costs no other.
func TestTable(t *testing.T) {
	rows, bad, table := read(t, "\ufeffNAME, Number ,note\r\n 张三 ,1,x\r\n\r\n,,\r\n\"Smith, \"\"Jo\"\"\",2,\r\n\"open,3,\r\nshort\r\n李四,4,y", "number", "name")
	want := [][]string{{"1", "张三"}, {"2", `Smith, "Jo"`}, {"4", "李四"}}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("it reads %q, want %q", rows, want)
	}
	if len(bad) != 2 || !strings.Contains(bad[6], "quote") || !strings.Contains(bad[7], "1 fields") {
		t.Errorf("bad lines are %v", bad)
	}
	if notes := table.Notes(); len(notes) != 1 || !strings.HasSuffix(notes[0], "note") {
		t.Errorf("it notes %q", notes)
	}
}

// What Chinese spreadsheets write is read as what it says.
func TestTableInGB18030(t *testing.T) {
	text, err := simplifiedchinese.GB18030.NewEncoder().String("number,name\n1,张三\n2,李四\n")
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, _ := read(t, text, "name")
	if len(bad) > 0 || !slices.EqualFunc(rows, [][]string{{"张三"}, {"李四"}}, slices.Equal) {
		t.Errorf("it reads %q, bad %v", rows, bad)
	}
}

func TestTablesThatDoNotOpen(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "a workbook": "PK\x03\x04rest", "UTF-16": "\xff\xfen\x00", "no such column": "name\n1\n", "a column twice": "number,Number\n1,2\n",
	} {
		if _, err := sheet.Open(t.Context(), strings.NewReader(text), t.TempDir(), "number"); err == nil {
			t.Errorf("%s opens", name)
		}
	}
}
