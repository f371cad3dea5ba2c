//! Reading what was recorded of a case at a meeting.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::shapes::HearingRecordOut;
use super::{record, store};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Json, Path, Query, operation};

/// Reading it.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read_hearing_record_route);
}

/// Which versions of entries to read.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HearingVersions {
    /// Those that stand.
    Current,
    /// Corrected and struck ones too.
    All,
}

/// What to read of a record.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// `all` shows corrected and struck entries as well.
    #[param(inline)]
    versions: Option<HearingVersions>,
}

/// All that was recorded of a case at a meeting, in one read.
///
/// Coordinator, chair and the allocated IDVA get all of it. A listed agency, and a guest of the case, get
/// what was shared once they have accepted the meeting's confidentiality statement; after the meeting,
/// the agencies that came or sent apologies, as long as the case stays open to them.
#[operation(get, "/agenda-items/{id}/record", tag = "hearing", act = ReadHearing,
    says = "What this reader may read of it.")]
pub async fn read_hearing_record(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<RecordQuery>,
) -> Result<Json<HearingRecordOut>> {
    let (id, all) = (id.0, matches!(query.0.versions, Some(HearingVersions::All)));
    db.run(&caller, ACT.on("agenda_item", id), move |tx| {
        let place = store::place(tx, id)?;
        let case = case_file::opened(tx, ACT, place.case_id)?;
        let reader = place.desk(&case).reader();
        let record = record::record(tx, &case, id, reader, all)?;
        let event = Event::of_case(&case)
            .on("agenda_item", id)
            .fields(["hearing"])
            .rows(record.entries.len());
        let body = HearingRecordOut::of(&place, &case, reader, record);
        Ok(Audited::new(body, event))
    })
    .await
    .map(Json)
}
