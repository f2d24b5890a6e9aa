package kit

// Offset is how much of the content is above the top, in dp.
func (s *Scroll) Offset() float32 { return s.offset }
