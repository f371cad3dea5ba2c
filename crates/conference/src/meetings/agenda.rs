//! How cases come onto an agenda and leave it: the steps that several operations share.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::agenda_store::{self, AgendaItem};
use super::decisions_store::{self, Deferred};
use super::listing_store::ListedAgency;
use super::rules::{self, Decision, Timing};
use super::store::Meeting;
use super::{
    AgendaItemKind, AgendaItemStatus, MeetingStatus, in_sight_locked, listing_store, store, telling,
};
use crate::asking;
use casework::flags;
use directory::agencies::ListingStanding;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Act, may_in};
use kernel::visibility::{self, VisibleCase};

/// What was said of a case on an agenda. Sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Remarks {
    /// Why it came after circulation (R16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_reason: Option<String>,
    /// What came of hearing or noting it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why it was deferred or withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Where remarks are sealed.
pub const fn remarks_of(item_id: Uuid) -> SealPlace {
    SealPlace::new("agenda_items", "outcome", item_id)
}

/// A case to put on.
pub struct NewItem<'a> {
    pub kind: AgendaItemKind,
    pub referral_id: Option<Uuid>,
    pub agencies: &'a [Uuid],
    /// Set for a late one.
    pub late_reason: Option<String>,
}

/// Gives a case its place on the agenda of a locked meeting and lists it. A late one is opened to its
/// agencies at once. Returns the item: `id`, or the earlier one of a case that had been taken off.
pub fn add(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    meeting: &Meeting,
    id: Uuid,
    item: &NewItem<'_>,
) -> Result<Uuid> {
    let members = agenda_store::members(tx, meeting.marac_id, item.agencies)?;
    rules::members(item.agencies, &members)?;
    let seats = agenda_store::seats(tx, meeting.id)?;
    let id = match seats.iter().find(|seat| seat.case_id == case.id) {
        None => id,
        Some(seat) if !rules::takes_slot(seat.status) => seat.id,
        Some(_) => return Err(Error::conflict("already_listed")),
    };
    let section = rules::section(item.kind, case.row.has_children);
    let present = || {
        let live = seats.iter().filter(|seat| rules::takes_slot(seat.status));
        live.map(|seat| (seat.position, rules::section(seat.kind, seat.has_children)))
    };
    let position = rules::place(present(), section);
    // It is heard in the session of the case before it.
    let before = seats.iter().filter(|seat| seat.position < position);
    let session = before.map(|seat| seat.session).max().unwrap_or(1);
    let remarks = item.late_reason.as_ref().map(|reason| Remarks {
        late_reason: Some(reason.clone()),
        ..Remarks::default()
    });
    let outcome = remarks
        .map(|remarks| case.key().seal_json(remarks_of(id), &remarks))
        .transpose()?;
    let new = agenda_store::NewItem {
        id,
        meeting_id: meeting.id,
        referral_id: item.referral_id,
        kind: item.kind,
        position,
        session,
        slot_minutes: rules::slot_minutes(item.kind, meeting.minutes_per_case),
        late: item.late_reason.is_some(),
        outcome,
    };
    agenda_store::place(tx, case, new)?;
    agenda_store::set_agencies(tx, case, id, item.agencies)?;
    if agenda_store::is_out(meeting.status) {
        open(tx, meeting, Some(id))?;
    }
    store::touch(tx, meeting.id)?;
    Ok(id)
}

/// The kind of an item where the request names none, and whether it may come at all. After
/// circulation that is the chair's word, with a reason (R16).
pub fn admit(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    meeting: &Meeting,
    kind: Option<AgendaItemKind>,
    late_reason: Option<&str>,
) -> Result<(AgendaItemKind, Timing)> {
    let timing = rules::addition(meeting.kind, meeting.status, case.row.status)?;
    if timing == Timing::Late {
        may_in(&tx.actor, Act::AddLateItem, meeting.marac_id)?;
        if late_reason.is_none() {
            return Err(Error::field(
                "/late_reason",
                "required",
                "The list is out: say why this case comes late.",
            ));
        }
    }
    let kind = match kind {
        Some(kind) => kind,
        None if agenda_store::comes_again(tx, case)? => AgendaItemKind::Repeat,
        None => AgendaItemKind::New,
    };
    Ok((kind, timing))
}

/// Opens the cases of a meeting, or one, to the agencies they are listed to. Returns all of these
/// agencies, those that were passed over too.
pub fn open(
    tx: &mut Tx<'_>,
    meeting: &Meeting,
    item_id: Option<Uuid>,
) -> Result<Vec<ListedAgency>> {
    let listed = listing_store::listed(tx, meeting.id, item_id)?;
    let full_at = (meeting.status == MeetingStatus::InSession).then_some(tx.now);
    let already = listing_store::open_already(tx, meeting.id)?;
    listing_store::open(tx, meeting, &listed, full_at)?;
    if full_at.is_some() {
        listing_store::seat(tx, meeting.id)?;
    }
    let mut told = listed.clone();
    told.retain(|row| !already.contains(&(row.case_id, row.agency_id)));
    telling::listed(tx, meeting, &told)?;
    // Once a meeting is in session agencies say there what they know.
    if meeting.status == MeetingStatus::Circulated {
        let live = listed
            .iter()
            .filter(|row| row.standing == ListingStanding::Live);
        let opened: Vec<_> = live.map(|row| (row.case_id, row.agency_id)).collect();
        asking::ask(tx, meeting.asking(), &opened)?;
    }
    Ok(listed)
}

/// An item with its meeting and its case, all locked.
pub struct OpenedItem {
    pub meeting: Meeting,
    pub case: VisibleCase,
    pub item: AgendaItem,
}

/// The item, if its case is in sight and the caller may do this there.
pub fn opened(tx: &mut Tx<'_>, act: Act, item_id: Uuid) -> Result<OpenedItem> {
    let (meeting_id, case_id) = agenda_store::parents(tx, item_id)?;
    let meeting = in_sight_locked(tx, act, meeting_id)?;
    let case = visibility::case_locked(tx, act, case_id)?;
    let item = agenda_store::locked(tx, &case, item_id)?;
    Ok(OpenedItem {
        meeting,
        case,
        item,
    })
}

impl OpenedItem {
    /// The status a decision leads to, if it may be taken now.
    pub fn allows(&self, decision: Decision) -> Result<AgendaItemStatus> {
        let item = &self.item;
        rules::item(item.kind, item.status, self.meeting.status, decision)
    }

    /// Writes a decision and what was said with it.
    pub fn decide(
        &self,
        tx: &mut Tx<'_>,
        status: AgendaItemStatus,
        say: impl FnOnce(&mut Remarks),
        deferred: Option<Deferred>,
    ) -> Result<()> {
        let item = &self.item;
        let place = remarks_of(item.id);
        let mut remarks: Remarks = match &item.outcome {
            Some(sealed) => self.case.key().open_json(place, sealed)?,
            None => Remarks::default(),
        };
        say(&mut remarks);
        let sealed = self.case.key().seal_json(place, &remarks)?;
        decisions_store::decide(tx, item.id, status, Some(sealed), deferred)?;
        match status {
            AgendaItemStatus::Heard => {
                decisions_store::advance_case(tx, &self.case, "heard")?;
                flags::ask(tx, &self.case, &item.agency_ids)
            }
            AgendaItemStatus::AlertNoted => {
                decisions_store::advance_case(tx, &self.case, "monitoring")?;
                flags::ask(tx, &self.case, &item.agency_ids)
            }
            AgendaItemStatus::Withdrawn => {
                asking::withdraw(tx, item.id, &[])?;
                listing_store::end(tx, &self.case, self.meeting.id, &[])?;
                listing_store::seat(tx, self.meeting.id)?;
                store::touch(tx, self.meeting.id)
            }
            AgendaItemStatus::Deferred if self.meeting.status == MeetingStatus::Held => Ok(()),
            AgendaItemStatus::Deferred => {
                asking::withdraw(tx, item.id, &[])?;
                listing_store::seat(tx, self.meeting.id)?;
                store::touch(tx, self.meeting.id)
            }
            AgendaItemStatus::Listed => Ok(()),
        }
    }

    /// Until when the case waits: for the agenda of another planned meeting of the same MARAC, which it
    /// goes onto, or until a day, else for the next list that is built.
    pub fn deferred(
        &self,
        tx: &mut Tx<'_>,
        to: Option<Uuid>,
        until: Option<NaiveDate>,
    ) -> Result<Deferred> {
        let day = self.meeting.day();
        let until = match to {
            Some(other) => self.carry_to(tx, other)?,
            None => until.or(day.succ_opt()).unwrap_or(day),
        };
        Ok(Deferred { to, until })
    }

    /// Puts the case on the agenda of another planned meeting of the same MARAC. Returns its day.
    fn carry_to(&self, tx: &mut Tx<'_>, other: Uuid) -> Result<NaiveDate> {
        let unknown = || Error::field("/to_meeting_id", "unknown", "There is no such meeting.");
        let other = store::locked(tx, other)?
            .filter(|other| other.marac_id == self.meeting.marac_id && other.id != self.meeting.id)
            .ok_or_else(unknown)?;
        match rules::addition(other.kind, other.status, self.case.row.status)? {
            Timing::InTime => {}
            Timing::Late => return Err(Error::conflict("list_frozen")),
        }
        let again = NewItem {
            kind: self.item.kind,
            referral_id: self.item.referral_id,
            agencies: &self.item.agency_ids,
            late_reason: None,
        };
        add(tx, &self.case, &other, Uuid::now_v7(), &again)?;
        Ok(other.day())
    }
}
