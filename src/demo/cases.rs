//! The cases of the demonstration: the referral, and what has happened since.

use chrono::NaiveDate;
use serde::Deserialize;

use super::words::{
    ActionCategory, ActionPriority, ActionStatus, ActionTarget, AgendaItemKind, AgendaItemStatus,
    DecisionKind, Heading, HowTold, MoveKind, Need, PoliceWish, ReturnStatus, Safeguard,
    SafeguardDecision, Sharing, State,
};
use practice::document::Document;

/// A case: the referral and what has happened since.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Key within the demonstration.
    pub key: String,
    /// Code of the area.
    pub marac: String,
    /// Key of the user who made the referral.
    pub referrer: String,
    /// The client and actor it came through, if it came from the agency's own system.
    #[serde(default)]
    pub via: Option<Via>,
    /// Key of an agency that referred together with the first.
    #[serde(default)]
    pub co_agency: Option<String>,
    /// The referral as it was sent, the compact Dash already expanded into its assessment.
    pub referral: Document,
    /// Marked urgent.
    #[serde(default)]
    pub urgent: bool,
    /// Where it stands today.
    pub state: State,
    /// What was decided about the referral, in order. After a return it was sent again, unless
    /// the state is `returned`.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// The referrer's challenge of the last decision.
    #[serde(default)]
    pub challenge: Option<Challenge>,
    /// Key of the case of the same pair that came before; whether this counts as a repeat follows
    /// from the two dates of referral.
    #[serde(default)]
    pub repeat_of: Option<String>,
    /// Key of the IDVA it is allocated to.
    #[serde(default)]
    pub lead: Option<String>,
    /// Where it was or is to be heard, in order.
    #[serde(default)]
    pub agenda: Vec<DemoItem>,
    /// What was agreed.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What was added to the account after the referral.
    #[serde(default)]
    pub entries: Vec<DemoEntry>,
    /// What was asked of the case's lead instead of the survivor.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Who must not see it.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// Open to named people only.
    #[serde(default)]
    pub restricted: Option<Restriction>,
    /// How it was closed.
    #[serde(default)]
    pub closed: Option<Closing>,
    /// Where it went.
    #[serde(default)]
    pub transfer: Option<Transfer>,
}

/// The way a referral came in from an agency's own system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Via {
    /// Key of the client.
    pub client: String,
    /// The partner's id of the actor.
    pub actor: String,
    /// The partner's own number for it.
    pub external_ref: String,
}

/// A decision about a referral.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub kind: DecisionKind,
    /// Key of the user.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Why. Always given unless accepted.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A referrer's challenge of a decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Key of the user.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Why.
    pub text: String,
}

/// A place on an agenda.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoItem {
    /// Key of the meeting.
    pub meeting: String,
    /// Why it is there.
    pub kind: AgendaItemKind,
    /// What became of it.
    pub status: AgendaItemStatus,
    /// Keys of the agencies it is listed to.
    pub agencies: Vec<String>,
    /// Key of the meeting it was deferred to.
    #[serde(default)]
    pub deferred_to: Option<String>,
    /// Why it was deferred or withdrawn.
    #[serde(default)]
    pub reason: Option<String>,
    /// The chair's analysis, once heard.
    #[serde(default)]
    pub risk: Option<Risk>,
    /// The survivor's views, told to the IDVA before the meeting and given there.
    #[serde(default)]
    pub views: Option<String>,
    /// What was looked at beside the MARAC.
    #[serde(default)]
    pub safeguards: Vec<Safeguarded>,
    /// A crime disclosed, and the survivor's wish about the police.
    #[serde(default)]
    pub crime: Option<Crime>,
    /// What agencies found before the meeting.
    #[serde(default)]
    pub research: Vec<Research>,
}

/// The chair's analysis of the risk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// What may happen, to whom.
    pub harms: String,
    /// What adds to it.
    pub contributory: String,
    /// What makes it less.
    pub protective: String,
}

/// A safeguard beside the MARAC.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Safeguarded {
    /// Which.
    pub safeguard: Safeguard,
    /// What became of it.
    pub decision: SafeguardDecision,
    /// In words.
    #[serde(default)]
    pub text: Option<String>,
}

/// A crime disclosed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crime {
    /// What the survivor wishes of the police.
    pub police_wish: PoliceWish,
    /// In words.
    pub text: String,
}

/// An agency's check of its own records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Research {
    /// Key of the agency.
    pub agency: String,
    /// What it answered.
    pub status: ReturnStatus,
    /// When it answered, or was excused; after the day it was due, it is late.
    #[serde(default)]
    pub on: Option<NaiveDate>,
    /// Key of the user who answered, or excused it.
    #[serde(default)]
    pub by: Option<String>,
    /// For the agency itself.
    #[serde(default)]
    pub private: Option<String>,
    /// For the meeting.
    #[serde(default)]
    pub shareable: Option<String>,
    /// Why something was held back, or the agency was excused.
    #[serde(default)]
    pub withheld: Option<String>,
}

/// Something that was agreed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Key within the case.
    pub key: String,
    /// Key of the meeting it was agreed at.
    pub meeting: String,
    /// Key of the agency that owns it.
    pub owner: String,
    /// Key of the user who took it.
    #[serde(default)]
    pub owner_user: Option<String>,
    /// What is to be done.
    pub text: String,
    /// Its category.
    pub category: ActionCategory,
    /// Whom it is about.
    pub target: ActionTarget,
    /// How soon.
    pub priority: ActionPriority,
    /// By when.
    pub due: NaiveDate,
    /// What the owner must be given.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What has been said of it since, in order.
    #[serde(default)]
    pub reports: Vec<Report>,
    /// Key, within the case, of the action that replaced it.
    #[serde(default)]
    pub superseded_by: Option<String>,
    /// The chair accepted a report that it was not done or not possible.
    #[serde(default)]
    pub resolved: bool,
}

impl Action {
    /// Where it stands after the last report.
    pub fn status(&self) -> ActionStatus {
        self.reports
            .last()
            .map_or(ActionStatus::Open, |report| report.status)
    }
}

/// What was said of an action.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// When.
    pub on: NaiveDate,
    /// Key of the user.
    pub by: String,
    /// What it became.
    pub status: ActionStatus,
    /// What was done, or why not.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A later entry of the account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoEntry {
    /// Key within the case.
    pub key: String,
    /// Key of the user.
    pub author: String,
    /// Under which heading.
    pub heading: Heading,
    /// For whom.
    pub sharing: Sharing,
    /// When it was told.
    pub told_on: NaiveDate,
    /// How it was told.
    pub how_told: HowTold,
    /// What was told.
    pub text: String,
    /// Key of an earlier entry of this case, or a heading: what the referral said under it.
    #[serde(default)]
    pub supersedes: Option<String>,
}

/// A question asked instead of ringing the survivor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Key of the user who asks.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Under which heading.
    pub heading: Heading,
    /// What is asked.
    pub text: String,
    /// The answer, once there is one.
    #[serde(default)]
    pub answer: Option<Answered>,
    /// It was told already: the account was read instead, and nothing was asked.
    #[serde(default)]
    pub told: bool,
}

/// An answer from the account or from the next contact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Key of the user.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Keys of entries of this case, or headings of the referral, that hold it.
    pub entries: Vec<String>,
    /// The survivor was asked: the one entry named was not in the account before.
    #[serde(default)]
    pub survivor_asked: bool,
}

/// Somebody, or an agency, who must not see the case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Key of a user.
    #[serde(default)]
    pub user: Option<String>,
    /// Key of an agency.
    #[serde(default)]
    pub agency: Option<String>,
    /// Key of the one senior of that agency who may.
    #[serde(default)]
    pub exempt_user: Option<String>,
    /// Why.
    pub reason: String,
    /// Key of the user who set it.
    pub set_by: String,
    /// When.
    pub on: NaiveDate,
}

/// The case is open to named people only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// Why.
    pub reason: String,
    /// Key of the user who set it.
    pub set_by: String,
    /// When.
    pub on: NaiveDate,
    /// Keys of the users it is open to.
    pub named: Vec<String>,
}

/// How a case was closed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Key of the user.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// A case sent to another area's MARAC.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Name of the receiving MARAC.
    pub to: String,
    /// Its coordinator's contact.
    pub contact: String,
    /// For how long.
    pub kind: MoveKind,
    /// Why.
    pub reason: String,
    /// When it was sent.
    pub sent_on: NaiveDate,
    /// When the other side said it has it.
    #[serde(default)]
    pub acknowledged_on: Option<NaiveDate>,
}
