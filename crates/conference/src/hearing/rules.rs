//! Who reads and who writes what of a hearing, and when.

use uuid::Uuid;

use super::model::{HearingEntry, HearingKind, RiskFactor, Safeguard, SafeguardDecision};
use super::model::{HearingSharing, InformationNature, PoliceWish};
use crate::meetings::{AgendaItemKind, AgendaItemStatus, MeetingStatus};
use kernel::error::{Code, Error, FieldError, Result};

/// What decides how much of a hearing's record somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HearingReader {
    /// Reads the record at all.
    pub reads: bool,
    /// Coordinator, chair or allocated IDVA: entries of class `restricted` and conflicts too.
    pub trusted: bool,
}

impl HearingReader {
    /// Coordinator or chair.
    pub const STAFF: Self = Self {
        reads: true,
        trusted: true,
    };
}

/// Where somebody stands towards one case at one meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desk {
    /// The meeting.
    pub meeting: MeetingStatus,
    /// Why the case is on its agenda.
    pub kind: AgendaItemKind,
    /// What became of it.
    pub item: AgendaItemStatus,
    /// Coordinator of the MARAC.
    pub coordinator: bool,
    /// Chair of the MARAC.
    pub chair: bool,
    /// IDVA of the service the case is allocated to.
    pub allocated: bool,
    /// The case is open to them by this meeting: listed to their agency, or they came as its guest.
    pub sits: bool,
    /// They have accepted the confidentiality statement of this meeting (R19).
    pub accepted: bool,
    /// Their agency came, or sent apologies.
    pub attended: bool,
}

impl Desk {
    /// What they read: coordinator, chair and allocated IDVA all of it; others what was shared, if the
    /// meeting opened the case to them and they accepted its statement: while it is in session, and
    /// afterwards if their agency attended (domain 6.2), as long as the case stays open to it.
    pub fn reader(self) -> HearingReader {
        let trusted = self.coordinator || self.chair || self.allocated;
        let there = self.meeting == MeetingStatus::InSession || self.attended;
        HearingReader {
            reads: trusted || (self.sits && self.accepted && there),
            trusted,
        }
    }

    /// Whether they may add an entry of this kind now. Coordinator and chair may still write up what was
    /// said when the meeting is over, until its minutes are out.
    pub fn adds(self, kind: HearingKind) -> Result<()> {
        use HearingKind as K;
        use MeetingStatus as M;
        let staff = match kind {
            K::Risk | K::Safeguard | K::Crime => self.coordinator || self.chair,
            K::Information | K::Views => self.coordinator,
        };
        let part = match kind {
            K::Information => self.sits || self.allocated,
            K::Views | K::Crime => self.allocated,
            K::Risk | K::Safeguard => false,
        };
        if !staff && !part {
            return Err(Code::Forbidden.into());
        }
        match (self.meeting, staff) {
            (M::InSession, _) | (M::Held, true) => {}
            (M::Minuted, true) => return Err(Error::conflict("minuted")),
            _ => return Err(Error::conflict("not_in_session")),
        }
        if !staff && !self.accepted {
            return Err(Error::conflict("confidentiality_not_accepted"));
        }
        match (self.kind, self.item) {
            (AgendaItemKind::AlertOnly, _) => Err(Error::conflict("alert_only")),
            (_, AgendaItemStatus::Listed | AgendaItemStatus::Heard) => Ok(()),
            _ => Err(Error::conflict("not_discussed")),
        }
    }

    /// Whether what was recorded may be corrected: from the meeting on. Corrections after the minutes
    /// went out show in their next version.
    pub fn corrects(self) -> Result<()> {
        use MeetingStatus as M;
        match self.meeting {
            M::InSession | M::Held | M::Minuted => Ok(()),
            M::Planned | M::Circulated | M::Cancelled => Err(Error::conflict("not_in_session")),
        }
    }
}

/// Whose words an entry holds: the writer's agency's; the coordinator writes for any.
pub fn agency(wanted: Option<Uuid>, own: Uuid, coordinator: bool) -> Result<Uuid> {
    match wanted {
        Some(other) if other != own && !coordinator => Err(Error::field(
            "/agency_id",
            "not_the_own_agency",
            "Write for your own agency.",
        )),
        wanted => Ok(wanted.unwrap_or(own)),
    }
}

/// Who is named in a conflict of interest, in the eyes of who declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The writer is coordinator or chair.
    pub staff: bool,
    /// The person named is the writer.
    pub oneself: bool,
    /// The agency named is the writer's, who represents it.
    pub own_agency: bool,
}

/// Whether a conflict may be declared: of oneself, of the agency one represents, and by coordinator and
/// chair of anybody; from circulation until the meeting ends. Before and after they set exclusions.
pub fn declares(meeting: MeetingStatus, who: Declared) -> Result<()> {
    use MeetingStatus as M;
    if !(who.staff || who.oneself || who.own_agency) {
        return Err(Code::Forbidden.into());
    }
    match meeting {
        M::Circulated | M::InSession => Ok(()),
        M::Planned => Err(Error::conflict("not_circulated")),
        M::Held | M::Minuted | M::Cancelled => Err(Error::conflict("meeting_over")),
    }
}

/// What a correction changes of an entry; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// Takes the words out altogether.
    pub strike: bool,
    /// The words.
    pub text: Option<String>,
    /// Who reads it.
    pub sharing: Option<HearingSharing>,
    /// Whose words they are.
    pub agency_id: Option<Uuid>,
    /// Fact or opinion.
    pub nature: Option<InformationNature>,
    /// Part of the risk analysis.
    pub factor: Option<RiskFactor>,
    /// Which safeguard.
    pub safeguard: Option<Safeguard>,
    /// What became of it.
    pub decision: Option<SafeguardDecision>,
    /// The survivor's wish.
    pub police_wish: Option<PoliceWish>,
}

/// The entry as it stands corrected. Refused if nothing is changed, or something that this kind of entry
/// does not have.
pub fn corrected(old: &HearingEntry, change: Correction) -> Result<HearingEntry> {
    let only = |pointer: &str, given: bool, had: bool| {
        (given && !had).then(|| {
            let message = "This kind of entry has no such field.";
            FieldError::new(pointer, "not_of_this_kind", message)
        })
    };
    let errors: Vec<_> = [
        only("/nature", change.nature.is_some(), old.nature.is_some()),
        only("/factor", change.factor.is_some(), old.factor.is_some()),
        only(
            "/safeguard",
            change.safeguard.is_some(),
            old.safeguard.is_some(),
        ),
        only(
            "/decision",
            change.decision.is_some(),
            old.decision.is_some(),
        ),
        only(
            "/police_wish",
            change.police_wish.is_some(),
            old.police_wish.is_some(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let changes = change.text.is_some()
        || change.sharing.is_some()
        || change.agency_id.is_some()
        || change.nature.is_some()
        || change.factor.is_some()
        || change.safeguard.is_some()
        || change.decision.is_some()
        || change.police_wish.is_some();
    if change.strike == changes {
        return Err(Error::field(
            "/strike",
            "change_or_strike",
            "Change something, or strike the entry out.",
        ));
    }
    Ok(HearingEntry {
        text: match change.strike {
            true => None,
            false => change.text.or_else(|| old.text.clone()),
        },
        struck: change.strike,
        sharing: change.sharing.unwrap_or(old.sharing),
        agency_id: change.agency_id.unwrap_or(old.agency_id),
        nature: change.nature.or(old.nature),
        factor: change.factor.or(old.factor),
        safeguard: change.safeguard.or(old.safeguard),
        decision: change.decision.or(old.decision),
        police_wish: change.police_wish.or(old.police_wish),
        supersedes_id: Some(old.id),
        superseded_by_id: None,
        ..old.clone()
    })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
