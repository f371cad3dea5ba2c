//! Being told: an inbox per person and per API client, e-mail that says no more than "sign in", and
//! a calendar feed.
//!
//! [`tell`] writes in the caller's transaction, so nobody is told of what did not happen and nothing
//! happens untold. Who is meant is decided in the database, past row-level security: whoever acts may
//! not see, and does not learn, who is told. Nothing goes to a survivor or a perpetrator: recipients
//! are accounts and API clients alone.

pub mod api;
mod deputies;
pub mod letters;
pub mod mail;
mod model;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::Role;

pub use model::{MailOutcome, NoticeKind};

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
}

/// What happened, and who is to know.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What kind of thing.
    pub kind: NoticeKind,
    /// Where.
    pub marac_id: Uuid,
    /// Of which case, if of one: nobody is told from whom it is closed.
    pub case_id: Option<Uuid>,
    /// What to open: `("action", id)`, `("meeting", id)` and the like.
    pub subject: (&'static str, Uuid),
    /// Who is meant. Somebody meant twice is told once.
    pub to: Vec<To>,
}

/// Somebody to be told. Whoever has no live account and role in the MARAC is left out, and so is
/// whoever did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// A person.
    User(Uuid),
    /// A registered actor: the account it is linked to, and its client.
    Actor(Uuid),
    /// An agency: its API clients, and its representatives in that MARAC; where it has none to whom
    /// the case is open, its IDVAs, or else its leads.
    Agency(Uuid),
    /// The agency's leads in that MARAC.
    AgencyLead(Uuid),
    /// Everybody who holds this role in that MARAC.
    Role(Role),
    /// The case's lead: the person, or the agency's IDVAs, or else its representatives.
    Lead,
}

/// Tells the people meant, in this transaction; and the deputies of those named who are away.
pub fn tell(tx: &mut Tx<'_>, notices: &[Notice]) -> Result<()> {
    tell_all(tx, notices, None)
}

/// The same, once: a recipient who was told of this kind and subject under this key is not told again.
/// For jobs, which may be begun twice, and for reminders: the key holds what they are due by.
pub fn tell_once(tx: &mut Tx<'_>, key: &str, notices: &[Notice]) -> Result<()> {
    if key.is_empty() {
        return Err(Error::Internal("a notice told once needs a key"));
    }
    tell_all(tx, notices, Some(key.to_owned()))
}

fn tell_all(tx: &mut Tx<'_>, notices: &[Notice], once: Option<String>) -> Result<()> {
    match deputies::with_deputies(tx, notices)? {
        Some(notices) => store::tell(tx, &notices, once),
        None => store::tell(tx, notices, once),
    }
}
