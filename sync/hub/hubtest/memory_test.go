package hubtest_test

import (
	"testing"

	"postern/sync/hub/hubtest"
)

func TestMemory(t *testing.T) {
	hubtest.Suite(t, func(*testing.T) (hubtest.Store, func() hubtest.Store) {
		m := new(hubtest.Memory)
		return m, func() hubtest.Store { return m }
	})
}
