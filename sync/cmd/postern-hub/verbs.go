package main

import (
	"context"
	"fmt"
	"strings"
)

// verb is the second word of a command, such as add in gate add, and what it does.
type verb struct {
	name string
	do   func(ctx context.Context, args []string) int
}

// dispatch runs the verb that the first argument names, with the arguments behind it.
func (p *program) dispatch(ctx context.Context, thing string, args []string, verbs ...verb) int {
	var names []string
	for _, v := range verbs {
		names = append(names, v.name)
		if len(args) > 0 && args[0] == v.name {
			return v.do(ctx, args[1:])
		}
	}
	there := strings.Join(names, ", ")
	if len(args) == 0 {
		return p.misuse(thing + " wants one of " + there)
	}
	return p.misuse(fmt.Sprintf("no command %q for %s; there are %s", args[0], thing, there))
}
