package station

// PushAsked says whether an entry asked for a push since the last call. Nothing may follow meanwhile.
func (s *Station) PushAsked() bool {
	select {
	case <-s.entries:
		return true
	default:
		return false
	}
}
