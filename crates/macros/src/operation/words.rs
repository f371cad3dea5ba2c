//! The words of the document that are the same for every operation.

use proc_macro2::Ident;
use quote::format_ident;

pub const IDEMPOTENCY_KEY: &str = "Makes a retry happen once.";

/// A parameter of a path.
pub struct Param {
    pub name: String,
    /// The segment before it.
    pub after: String,
}

/// The parameters of a path, in its order. What follows one in its segment, such as `.ics`, is no part of its name.
pub fn params(path: &str) -> Vec<Param> {
    let segments: Vec<_> = path.split('/').collect();
    let pairs = segments.windows(2);
    pairs
        .filter_map(|pair| {
            let (name, _) = pair[1].strip_prefix('{')?.split_once('}')?;
            Some(Param {
                name: name.to_owned(),
                after: pair[0].to_owned(),
            })
        })
        .collect()
}

impl Param {
    /// What it is: by its name, and `id` by the segment before it.
    pub fn noun(&self) -> Option<&'static str> {
        let found = match (self.name.as_str(), self.after.as_str()) {
            ("id", "actions") => "action",
            ("id", "agencies") => "agency",
            ("id", "agenda-items") => "agenda item",
            ("id", "api-clients") => "client",
            ("id", "cases") => "case",
            ("id", "flags") => "flag",
            ("id", "maracs") => "MARAC",
            ("id", "meetings") => "meeting",
            ("id", "notifications") => "notification",
            ("id", "pending-grants") => "pending grant",
            ("id", "referrals") => "referral",
            ("id", "sessions") => "session",
            ("id", "users") => "account",
            ("absence_id", _) => "absence",
            ("actor_id", _) => "actor",
            ("address_id", _) => "address",
            ("agency_id", _) => "agency",
            ("allocation_id", _) => "allocation",
            ("attendance_id", _) => "seat",
            ("case_id", _) => "case",
            ("contact_id", _) => "contact",
            ("difference_id", _) => "difference",
            ("entry_id" | "part_id", _) => "entry",
            ("exclusion_id", _) => "exclusion",
            ("party_id", _) => "person",
            ("question_id", _) => "question",
            ("share_id", _) => "share",
            ("user_id", _) => "account",
            ("version_id", _) => "version",
            _ => return None,
        };
        Some(found)
    }

    /// As the document says it.
    pub fn what(&self) -> Option<String> {
        self.noun().map(|noun| format!("The {noun}."))
    }
}

/// What `If-Match` takes, by the thing that is changed.
pub fn etag_of(param: Option<&Param>) -> String {
    match param.and_then(Param::noun) {
        Some(noun) => format!("The {noun}'s `etag` that was read."),
        None => "The `etag` that was read.".to_owned(),
    }
}

/// The guard of actix for a method.
pub fn guard(method: &Ident) -> Ident {
    let mut text = method.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format_ident!("{text}", span = method.span())
}
