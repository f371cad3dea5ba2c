//! Who reads and who writes what of a hearing.

/// What decides how much of a hearing's record somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Reads the record at all.
    pub reads: bool,
    /// Coordinator, chair or allocated IDVA: entries of class `restricted` and conflicts too.
    pub trusted: bool,
}

impl Reader {
    /// Coordinator or chair.
    pub const STAFF: Self = Self {
        reads: true,
        trusted: true,
    };
}
