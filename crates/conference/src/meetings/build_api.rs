//! Building an agenda over HTTP: everything that waits, in order.

use std::collections::HashMap;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::agenda::{Remarks, remarks_of};
use super::agenda_api::audited;
use super::agenda_store;
use super::agenda_view::AgendaOut;
use super::build_rules::{self, AgendaPlace, Comes, LeftOut, List};
use super::build_store::{self, Coming, Member, WaitingRow};
use super::rules;
use super::store::{self, Meeting};
use super::{head_in_sight, in_sight_locked};
use directory::maracs;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use kernel::policy::{Act, may_in};
use practice::text::Text;
use practice::vocabulary;

/// The operation.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(build_agenda_route);
}

vocabulary! {
    /// Which agencies a case that comes onto a list is listed to.
    BuildListing {
        /// The core agencies of the MARAC, or all members where none is marked as core; with those
        /// that referred the case and its IDVA service.
        Core = "core",
        /// All members.
        Members = "members",
        /// Those named in the request alone.
        Chosen = "chosen",
    }
}

/// A case that the chair admits after the list closed (R16).
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AdmitIn {
    /// The case.
    case_id: Uuid,
    /// Why it cannot wait.
    reason: Text<2000>,
}

/// How to build.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct BuildIn {
    /// Which agencies cases are listed to; `core` unless said. A case that was listed before keeps its
    /// own.
    listing: Option<BuildListing>,
    /// Further agencies, or for `chosen` all of them.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    agencies: Vec<Uuid>,
    /// Cases referred after the list closed that come on all the same: the chair's to say.
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60)]
    admit_late: Vec<AdmitIn>,
}

/// A waiting case that did not come onto the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutCase {
    /// The case.
    case_id: Uuid,
    /// Its code.
    case_code: String,
    /// Why.
    reason: LeftOut,
}

/// The list that was built.
#[derive(Serialize, ToSchema)]
pub struct BuiltOut {
    /// The agenda.
    agenda: AgendaOut,
    /// Items that came on now.
    placed: Vec<Uuid>,
    /// Waiting cases that did not.
    left_out: Vec<LeftOutCase>,
}

/// Build the agenda of a scheduled meeting whose list is open: everything that waits in the MARAC comes
/// on, children first (R18), alerts apart, listed to agencies.
///
/// Accepted cases on no list, and those deferred to this day or before it. Referrals after the list
/// closed are left for the next meeting unless the chair admits them (R16). Building again adds what
/// has come since and keeps whatever somebody decided: an order made by hand, agencies, who was taken
/// off or deferred.
#[operation(post, "/meetings/{id}/agenda/build", tag = "meetings", act = ChangeAgenda, says = "Built.")]
pub async fn build_agenda(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(body): Body<BuildIn>,
) -> Result<Tagged<BuiltOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let meeting = in_sight_locked(tx, ACT, id)?;
        if_match.check(meeting.version)?;
        build_rules::buildable(meeting.kind, meeting.status)?;
        build(tx, ACT, &meeting, &body)
    })
    .await
}

/// Cases that come on, and those that do not.
#[derive(Default)]
struct Sorted {
    coming: Vec<Coming>,
    left_out: Vec<LeftOutCase>,
}

fn build(
    tx: &mut Tx<'_>,
    act: Act,
    meeting: &Meeting,
    body: &BuildIn,
) -> Result<Audited<Tagged<BuiltOut>>> {
    if !body.admit_late.is_empty() {
        may_in(&tx.actor, Act::AddLateItem, meeting.marac_id)?;
    }
    // One at a time in a MARAC: two lists must not take the same case.
    let settings = maracs::settings_alone(tx, meeting.marac_id)?;
    let members = build_store::members(tx, meeting.marac_id)?;
    let agencies = agencies(body, &members)?;
    let waiting = build_store::waiting(tx, meeting)?;
    let reasons = admitted(body, &waiting)?;
    let list = List {
        meeting_id: meeting.id,
        on: meeting.day(),
        closes_on: settings.referrals_close_on(meeting.day()),
    };
    let mut sorted = Sorted::default();
    for row in waiting {
        let reason = reasons.get(&row.case_id).copied();
        match build_rules::comes(&row.waiting(), &list, reason.is_some()) {
            Ok(how) => {
                let listed = listed(body, &row, how, &agencies, &members);
                sorted
                    .coming
                    .push(coming(tx, meeting, row, how, reason, listed)?);
            }
            Err(reason) => sorted.left_out.push(LeftOutCase {
                case_id: row.case_id,
                case_code: row.code,
                reason,
            }),
        }
    }
    write(tx, meeting, &sorted.coming)?;
    let head = head_in_sight(tx, act, meeting.id)?;
    let built = audited(tx, head)?.map(|agenda| {
        agenda.map(|agenda| BuiltOut {
            agenda,
            placed: sorted.coming.iter().map(|one| one.id).collect(),
            left_out: sorted.left_out,
        })
    });
    Ok(sorted.coming.iter().fold(built, |built, one| {
        let event = Event::new().in_case(meeting.marac_id, one.case_id);
        let act = match one.late {
            true => Act::AddLateItem,
            false => act,
        };
        built.and(event.on("agenda_item", one.id).act(act))
    }))
}

/// The agencies that every case is listed to which comes on for the first time.
fn agencies(body: &BuildIn, members: &[Member]) -> Result<Vec<Uuid>> {
    let live: Vec<_> = members.iter().map(|member| member.agency_id).collect();
    rules::members(&body.agencies, &live)?;
    let core: Vec<_> = members.iter().filter(|member| member.core).collect();
    let core = core.iter().map(|member| member.agency_id);
    Ok(match body.listing.unwrap_or(BuildListing::Core) {
        BuildListing::Chosen => body.agencies.clone(),
        BuildListing::Core if core.len() > 0 => core.chain(body.agencies.clone()).collect(),
        BuildListing::Core | BuildListing::Members => live,
    })
}

/// The chair's reasons, by case. Refused for a case that does not wait.
fn admitted<'a>(body: &'a BuildIn, waiting: &[WaitingRow]) -> Result<HashMap<Uuid, &'a str>> {
    let unknown = |case_id: Uuid| !waiting.iter().any(|row| row.case_id == case_id);
    let errors: Vec<_> = body
        .admit_late
        .iter()
        .enumerate()
        .filter(|(_, admit)| unknown(admit.case_id))
        .map(|(index, _)| {
            let pointer = format!("/admit_late/{index}/case_id");
            FieldError::new(pointer, "not_waiting", "No such case waits for a meeting.")
        })
        .collect();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let reasons = body.admit_late.iter();
    Ok(reasons
        .map(|admit| (admit.case_id, admit.reason.as_str()))
        .collect())
}

/// The agencies one case is listed to: never one that it is closed to.
fn listed(
    body: &BuildIn,
    row: &WaitingRow,
    how: Comes,
    agencies: &[Uuid],
    members: &[Member],
) -> Vec<Uuid> {
    let mut listed = match how {
        Comes::Again => row.item_agencies.clone(),
        Comes::InTime | Comes::Late => agencies.to_vec(),
    };
    if how != Comes::Again && body.listing != Some(BuildListing::Chosen) {
        let involved = row.involved.iter();
        let member = |id: &&Uuid| members.iter().any(|member| member.agency_id == **id);
        listed.extend(involved.filter(member));
    }
    listed.retain(|agency| !row.excluded.contains(agency));
    listed.sort_unstable();
    listed.dedup();
    listed
}

fn coming(
    tx: &Tx<'_>,
    meeting: &Meeting,
    row: WaitingRow,
    how: Comes,
    reason: Option<&str>,
    agencies: Vec<Uuid>,
) -> Result<Coming> {
    let id = row.here_id.unwrap_or_else(Uuid::now_v7);
    let earlier = row.waiting().earlier.filter(|_| how == Comes::Again);
    let kind = match earlier {
        Some(earlier) => earlier.kind,
        None => build_rules::kind(row.is_repeat, row.heard_before),
    };
    let outcome = match (how, reason) {
        (Comes::Late, Some(reason)) => {
            let remarks = Remarks {
                late_reason: Some(reason.to_owned()),
                ..Remarks::default()
            };
            Some(row.key(tx)?.seal_json(remarks_of(id), &remarks)?)
        }
        _ => None,
    };
    let referral_id = match earlier {
        Some(_) => row.item_referral_id.or(row.referral_id),
        None => row.referral_id,
    };
    Ok(Coming {
        id,
        case_id: row.case_id,
        referral_id,
        kind,
        slot_minutes: rules::slot_minutes(kind, meeting.minutes_per_case),
        has_children: row.has_children,
        late: how == Comes::Late,
        outcome,
        agencies,
    })
}

/// Puts the cases on, and gives the whole list its order.
fn write(tx: &mut Tx<'_>, meeting: &Meeting, coming: &[Coming]) -> Result<()> {
    if !coming.is_empty() {
        build_store::put(tx, meeting, coming)?;
    }
    let seats = agenda_store::seats(tx, meeting.id)?;
    let new = |case_id: Uuid| coming.iter().any(|one| one.case_id == case_id);
    let live = seats.iter().filter(|seat| rules::takes_slot(seat.status));
    let there = live
        .filter(|seat| !new(seat.case_id))
        .map(|seat| AgendaPlace {
            case_id: seat.case_id,
            section: rules::section(seat.kind, seat.has_children),
            by_hand: seat.placed_by_hand,
            session: seat.session,
        });
    let come = coming.iter().map(|one| AgendaPlace {
        case_id: one.case_id,
        section: rules::section(one.kind, one.has_children),
        by_hand: false,
        session: 1,
    });
    let places = build_rules::arrange(&there.chain(come).collect::<Vec<_>>());
    build_store::order(tx, meeting.id, &places)?;
    store::touch(tx, meeting.id)
}
