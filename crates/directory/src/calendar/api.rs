//! Calendar feeds over HTTP: make, renew, revoke; and the feed itself, which needs no token but its
//! address.

use actix_web::body::BoxBody;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{feed, store};
use crate::auth::{self, Throttle};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, ProblemDocument, Result};
use kernel::http::{Created, Json, Network, NoContent, Path, operation};
use kernel::policy::{Principal, hidden};
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(make_calendar_feed_route)
        .service(revoke_calendar_feed_route)
        .service(read_calendar_route);
}

/// Where the feed is. Shown this once.
#[derive(Serialize, ToSchema)]
pub struct FeedOut {
    /// The feed's path on this service, for a calendar to subscribe to. Whoever has it can read when
    /// meetings are; make another if it got about.
    #[schema(example = "/api/v1/calendar/kHf0…4zQ.ics")]
    path: String,
}

/// The account behind the caller; a program has no calendar.
fn person(tx: &Tx<'_>) -> Result<Uuid> {
    match tx.actor.principal {
        Principal::User { id, .. } => Ok(id),
        _ => Err(Code::Forbidden.into()),
    }
}

/// Make the own calendar feed, or move it to a new address: the old one is unknown from now on.
#[operation(post, "/calendar/feed", tag = "calendar", act = ManageCalendar, says = "Made.")]
pub async fn make_calendar_feed(db: Data<Db>, caller: Caller) -> Result<Created<Json<FeedOut>>> {
    let token = crypto::secret()?;
    let path = format!("/api/v1/calendar/{token}.ics");
    db.run(&caller, ACT.ask(), move |tx| {
        let user_id = person(tx)?;
        store::set(tx, user_id, crypto::hash_secret(&token))?;
        Ok(Audited::new((), Event::new().on("user", user_id)))
    })
    .await?;
    Ok(Created(Json(FeedOut { path })))
}

/// Revoke the own calendar feed.
#[operation(delete, "/calendar/feed", tag = "calendar", act = RevokeCalendar, says = "There is no feed.")]
pub async fn revoke_calendar_feed(db: Data<Db>, caller: Caller) -> Result<NoContent> {
    db.run(&caller, ACT.ask(), |tx| {
        let user_id = person(tx)?;
        store::end(tx, user_id)?;
        Ok(Audited::new((), Event::new().on("user", user_id)))
    })
    .await?;
    Ok(NoContent)
}

/// A calendar as iCalendar has it.
pub struct Calendar(pub String);

impl Responder for Calendar {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
            .body(self.0)
    }
}

/// The meetings of a feed's owner, as iCalendar: when they are, and "MARAC meeting".
///
/// It is limited by feed and by the address it is asked from, as a person's requests are.
#[operation(get, "/calendar/{token}.ics", tag = "calendar", act = ReadCalendar,
    names(token = "The feed's secret."),
    answers((status = 200, description = "A calendar.", body = String, content_type = "text/calendar")),
    problems(
        (status = 404, description = "No such feed, or no longer.", body = ProblemDocument,
            content_type = "application/problem+json"),
        (status = 429, description = "Read too often, or too many from one address. `Retry-After` says when \
            to try again.", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The service is busy.", body = ProblemDocument,
            content_type = "application/problem+json")))]
pub async fn read_calendar(
    db: Data<Db>,
    throttle: Data<Throttle>,
    from: Network,
    token: Path<Line<200>>,
) -> Result<Calendar> {
    let hash = crypto::hash_secret(token.0.as_str());
    // Before the feed is looked for: whoever tries addresses is not told of a right one either.
    throttle.feed(from, &hash)?;
    let read = db
        .run_public(ACT.ask(), move |tx| {
            let entries = store::entries(tx, hash)?;
            let owner = entries.first().ok_or_else(hidden)?.user_id;
            let event = Event::new().about_user(owner).rows(entries.len());
            Ok(Audited::new(feed::render(&entries, tx.now), event))
        })
        .await;
    let text = match read {
        Err(error) if error.code() == Code::NotFound => {
            return Err(auth::refused(&db, ACT, from, error).await);
        }
        read => read?,
    };
    Ok(Calendar(text))
}
