package memory_test

import (
	"testing"
	"time"

	"postern/app/store/memory"
	"postern/app/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T, func() time.Time) func() storetest.Store {
		s := memory.New() // what is durable here is the value itself
		return func() storetest.Store { return s }
	})
}
