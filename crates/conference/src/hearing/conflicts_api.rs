//! Conflicts of interest declared at a meeting: they act at once as exclusions, and are minuted.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, Declared, HearingReader};
use super::shapes::ConflictOut;
use super::{conflicts_store, record, store};
use crate::meetings;
use casework::cases::{self, ExclusionSubject};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{Body, Created, Idempotency, IdempotencyKey, Json, Page, Path, operation};
use kernel::policy::{Role, hidden};
use kernel::visibility::{self, VisibleCase};
use practice::text::Text;

/// The operations on conflicts of interest.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(declare_conflict_route)
        .service(list_conflicts_route);
}

/// A conflict of interest: exactly one of person, registered person and agency.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConflictIn {
    /// The agenda item whose case it touches.
    agenda_item_id: Uuid,
    /// A person …
    #[serde(default)]
    user_id: Option<Uuid>,
    /// … or a registered person of a partner's program …
    #[serde(default)]
    actor_id: Option<Uuid>,
    /// … or an agency …
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// … but for this senior of it.
    #[serde(default)]
    exempt_user_id: Option<Uuid>,
    /// Why.
    reason: Text<2000>,
}

impl ConflictIn {
    fn subject(&self) -> ExclusionSubject {
        ExclusionSubject {
            user_id: self.user_id,
            actor_id: self.actor_id,
            agency_id: self.agency_id,
            exempt_user_id: self.exempt_user_id,
        }
    }

    fn declared(&self, tx: &Tx<'_>, case: &VisibleCase) -> Declared {
        let me = tx.actor.principal.user_id();
        let represents = [Role::Representative, Role::Idva];
        Declared {
            staff: case_file::is_staff(case),
            oneself: self.user_id.is_some() && self.user_id == me,
            own_agency: self.agency_id == Some(tx.actor.agency_id)
                && tx.actor.holds(case.marac_id, &represents),
        }
    }
}

/// Declare a conflict of interest: of oneself, or of the agency one represents; coordinator and chair of
/// anybody.
///
/// It excludes whom it names from the case at once: to them the case does not exist from the next
/// request on. It is minuted. Lifting the exclusion later leaves the declaration.
#[operation(post, "/meetings/{id}/conflicts", tag = "hearing", act = DeclareConflict, says = "Declared.")]
pub async fn declare_conflict(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<ConflictIn>,
) -> Result<Created<Json<ConflictOut>>> {
    let conflict = db
        .run(&caller, ACT.on("meeting", id), move |tx| {
            let place = store::place_kept(tx, body.agenda_item_id)?;
            if place.meeting_id != id {
                return Err(hidden());
            }
            let case = visibility::case_locked(tx, ACT, place.case_id)?;
            let claim = key.claim(tx, "declare_conflict", &(id, &body))?;
            if let Idempotency::Fresh(conflict_id) = claim {
                let (exclusion_id, subject) = (Uuid::now_v7(), body.subject());
                cases::names_one(subject)?;
                rules::declares(place.meeting, body.declared(tx, &case))?;
                cases::set_exclusion(tx, &case, exclusion_id, subject, None, &body.reason)?;
                let item_id = place.item_id;
                conflicts_store::insert(tx, &case, conflict_id, item_id, exclusion_id)?;
            }
            let record = record::record(tx, &case, place.item_id, HearingReader::STAFF, false)?;
            let mut all = record.conflicts.into_iter();
            let conflict = all.find(|one| one.id == claim.id()).ok_or_else(hidden)?;
            let event = Event::of_case(&case)
                .on("exclusion", conflict.exclusion_id)
                .fields(["conflict"]);
            let out = ConflictOut::of(place.item_id, case.id, conflict);
            Ok(Audited::new(out, event))
        })
        .await?;
    Ok(Created(Json(conflict)))
}

/// The conflicts of interest declared at a meeting, by item; for coordinator and chair.
#[operation(get, "/meetings/{id}/conflicts", tag = "hearing", act = ReadConflicts,
    says = "All of them on one page.")]
pub async fn list_conflicts(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Page<ConflictOut>> {
    db.run(&caller, ACT.on("meeting", id), move |tx| {
        let marac_id = meetings::marac_of(tx, ACT, id)?;
        let records = record::meeting_record(tx, marac_id, id)?;
        let records = records.into_iter().filter(|one| !one.conflicts.is_empty());
        let records: Vec<_> = records.collect();
        let cases: Vec<_> = records.iter().map(|record| record.case_id).collect();
        let items: Vec<_> = records
            .into_iter()
            .flat_map(|record| {
                let (item_id, case_id) = (record.item_id, record.case_id);
                let all = record.conflicts.into_iter();
                all.map(move |one| ConflictOut::of(item_id, case_id, one))
            })
            .collect();
        let event = Event::list(items.len())
            .on("meeting", id)
            .in_marac(marac_id)
            .fields(["conflicts"]);
        let page = Page {
            items,
            next_cursor: None,
        };
        let audited = Audited::new(page, event);
        Ok(cases.into_iter().fold(audited, |audited, case_id| {
            let event = Event::new().on("meeting", id);
            audited.and(event.in_case(marac_id, case_id).fields(["conflicts"]))
        }))
    })
    .await
}
