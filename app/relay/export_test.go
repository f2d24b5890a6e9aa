package relay

// TooLate is when an admission is not called for any more.
const TooLate = tooLate
