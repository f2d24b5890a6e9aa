package main

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"postern/app/help"
)

const helpCardUsage = `usage: postern help-card --out FILE [--lang zh,en]

Draws every help code on one A4 page to print: FILE ends in .pdf or .png.

`

func (p *program) helpCard(args []string) int {
	flags := flag.NewFlagSet("help-card", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), helpCardUsage)
		flags.PrintDefaults()
	}
	out := flags.String("out", "", "file to write, .pdf or .png")
	languages := flags.String("lang", "zh,en", "one or two languages, the large one first")
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return exitOK
		}
		return exitMisuse
	}
	kind := strings.ToLower(filepath.Ext(*out))
	if flags.NArg() > 0 {
		fmt.Fprintf(p.stderr, "postern help-card: %v\n", leftOver(flags.Args()))
		return exitMisuse
	}
	if kind != ".pdf" && kind != ".png" {
		fmt.Fprintln(p.stderr, "postern help-card: name a file that ends in .pdf or .png with --out")
		return exitMisuse
	}
	card, err := help.Card(strings.Split(*languages, ",")...)
	if err != nil {
		fmt.Fprintf(p.stderr, "postern help-card: %v\n", err)
		return exitMisuse
	}
	var b bytes.Buffer
	if kind == ".pdf" {
		err = help.WritePDF(&b, card)
	} else {
		err = png.Encode(&b, card)
	}
	if err == nil {
		err = os.WriteFile(*out, b.Bytes(), 0o644)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "postern help-card: write card: %v\n", err)
		return exitFailed
	}
	return exitOK
}
