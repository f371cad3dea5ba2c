//! Whether a referral joins a case or stays by itself, and whether a joined one may leave again. Pure.

use uuid::Uuid;

use super::unjoin_store::Apart;
use kernel::error::{Error, Result};

/// What the place of an accepted referral depends on.
#[derive(Debug, Clone, Copy)]
pub struct Placing<'a> {
    /// The case it is to join.
    pub join: Option<Uuid>,
    /// Why, was said.
    pub reason: bool,
    /// Why it stays by itself, was said.
    pub separate: bool,
    /// The cases of its pair that the caller sees.
    pub known: &'a [Uuid],
}

/// A pair that is known is joined or kept apart with a reason; one that does not match is joined with a
/// reason.
pub fn placed(placing: &Placing<'_>) -> Result<()> {
    match placing.join {
        Some(_) if placing.separate => Err(Error::field(
            "/separate",
            "one_only",
            "Join a case, or keep the referral separate.",
        )),
        Some(case) if !placing.known.contains(&case) && !placing.reason => Err(Error::field(
            "/reason",
            "required",
            "Survivor and perpetrator are not exactly those of this case. Say why it is the same.",
        )),
        None if placing.reason => Err(Error::field(
            "/reason",
            "only_with_join",
            "Say with `separate` why a known pair gets a case of its own.",
        )),
        None if !placing.known.is_empty() && !placing.separate => {
            Err(Error::conflict_over("pair_known", placing.known.to_vec()))
        }
        _ => Ok(()),
    }
}

/// The file that a joined referral goes back to, or the named reason why it stays.
pub fn unjoin(apart: &Apart) -> std::result::Result<Uuid, &'static str> {
    let Some(file) = apart.file_id else {
        return Err("not_joined");
    };
    match apart {
        Apart { marked: false, .. } => Err("origin_unknown"),
        Apart { heard: true, .. } => Err("heard"),
        Apart { listed: true, .. } => Err("on_an_agenda"),
        Apart {
            taken_over: true, ..
        } => Err("difference_taken_over"),
        Apart { changed: true, .. } => Err("parts_changed"),
        _ => Ok(file),
    }
}
