//! Finding the same people again: what of a person can be compared, and the keyed tokens made of it.

pub mod matching;
mod renewal;
mod renewal_store;
mod someone;
mod token_store;
mod tokens;

use kernel::crypto::SealPlace;
use uuid::Uuid;

pub use matching::{found_without, renew as renew_tokens, routes};
pub use renewal::renew_old as renew_old_tokens;
pub use someone::{Home, Someone};
pub use token_store::{add as add_tokens, pair_case, replace as replace_tokens};
pub use tokens::{TokenKind, VERSION as TOKENS_VERSION, of_document as tokens_of};

/// Where a referral's document is sealed.
pub fn document_place(referral_id: Uuid) -> SealPlace {
    SealPlace::new("referrals", "document", referral_id)
}
