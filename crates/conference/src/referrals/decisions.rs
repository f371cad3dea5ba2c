//! What becomes of a referral: sent back, accepted, declined, challenged, taken back.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::ReferralStatus;
use super::api::{answer, checked, own, render};
use super::joining::{join, place};
use super::rules::{Command, decide};
use super::shapes::ReferralOut;
use super::store::{self, VisibleReferral};
use super::unfold::{Unfolding, counted, unfold};
use super::{telling, write_store};
use crate::meetings::{self, AgendaItemKind, MeetingMode};
use casework::cases::intake;
use casework::flags;
use casework::idva;
use directory::notifications::NoticeKind;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Body, IfMatch, Path, Tagged, operation};
use kernel::policy::Act;
use kernel::visibility::{self, VisibleCase};
use practice::dates::MeetingMoment;
use practice::risk::{Tools, is_repeat};
use practice::text::Text;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(return_referral_route)
        .service(accept_referral_route)
        .service(decline_referral_route)
        .service(challenge_decision_route)
        .service(withdraw_referral_route);
}

/// A reason, for people.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReasonIn {
    /// Why. The referrer reads it.
    pub reason: Text<4000>,
}

/// The referral, locked, at the version read, in a state that allows the command; and its next state.
fn decided(
    tx: &mut Tx<'_>,
    act: Act,
    id: Uuid,
    version: IfMatch,
    command: Command,
) -> Result<(VisibleReferral, ReferralStatus)> {
    let found = store::lock(tx, act, id)?;
    version.check(found.row.version)?;
    let next = decide(found.row.status, command, found.row.challenge.is_some());
    Ok((found, next.map_err(Error::conflict)?))
}

/// The referral afresh, after a change to it.
fn after(tx: &mut Tx<'_>, id: Uuid, tools: &Tools) -> Result<Audited<ReferralOut>> {
    let found = store::find(tx, Act::ReadReferral, id)?;
    render(tx, found, tools)
}

/// Send a referral back with reasons; the author completes it and sends it in again.
#[operation(post, "/referrals/{id}/return", tag = "referrals", act = ReturnReferral, says = "Sent back.")]
pub async fn return_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<ReasonIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let (found, next) = decided(tx, ACT, id, version, Command::Return)?;
        write_store::decide(tx, &found, next, Some(&body.0.reason))?;
        telling::decided(tx, NoticeKind::ReferralReturned, &found, found.case.id)?;
        after(tx, id, &tools)
    })
    .await
    .map(answer)
}

/// Decline a referral. Never for its score alone (R3): with a reason, by name, open to challenge.
#[operation(post, "/referrals/{id}/decline", tag = "referrals", act = DeclineReferral, says = "Declined.")]
pub async fn decline_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<ReasonIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let (found, next) = decided(tx, ACT, id, version, Command::Decline)?;
        write_store::decide(tx, &found, next, Some(&body.0.reason))?;
        intake::not_accepted(tx, &found.case)?;
        telling::decided(tx, NoticeKind::ReferralNotAccepted, &found, found.case.id)?;
        after(tx, id, &tools)
    })
    .await
    .map(answer)
}

/// Challenge a refusal (R3): the coordinators are told, and decide again.
#[operation(post, "/referrals/{id}/challenge", tag = "referrals", act = ChallengeDecision,
    says = "Challenged.")]
pub async fn challenge_decision(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<ReasonIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = own(tx, ACT, id, version, Command::Challenge)?;
        write_store::challenge(tx, &found, &body.0.reason)?;
        telling::challenged(tx, &found)?;
        after(tx, id, &tools)
    })
    .await
    .map(answer)
}

/// Take a referral back before it is decided.
#[operation(post, "/referrals/{id}/withdraw", tag = "referrals", act = WithdrawReferral, says = "Taken back.")]
pub async fn withdraw_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<ReasonIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = own(tx, ACT, id, version, Command::Withdraw)?;
        write_store::decide(tx, &found, ReferralStatus::Withdrawn, Some(&body.0.reason))?;
        intake::not_accepted(tx, &found.case)?;
        after(tx, id, &tools)
    })
    .await
    .map(answer)
}

/// How a referral is accepted.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptIn {
    /// The case of the same pair it joins; without it a new case is opened. The coordinator decides,
    /// after `GET /referrals/{id}/matches`.
    pub join_case_id: Option<Uuid>,
    /// Why it joins a case whose survivor and perpetrator are not exactly the same. Needed then.
    pub reason: Option<Text<4000>>,
    /// Opens a new case although the same pair is known here.
    #[validate(nested)]
    pub separate: Option<SeparateIn>,
    /// Puts the case on an agenda in the same call.
    #[validate(nested)]
    pub agenda: Option<OntoAgenda>,
}

/// Why a referral of a known pair does not join its case.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SeparateIn {
    /// Why.
    pub reason: Text<4000>,
}

/// Which agenda: a planned meeting's, or an emergency meeting's that is planned with it. One of the
/// two.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct OntoAgenda {
    /// A planned meeting of the MARAC.
    pub meeting_id: Option<Uuid>,
    /// An emergency meeting for this case.
    #[validate(nested)]
    pub emergency: Option<EmergencyIn>,
    /// The agencies it is listed to from circulation.
    #[validate(length(max = 60))]
    #[schema(max_items = 60)]
    pub agencies: Vec<Uuid>,
}

/// An emergency meeting.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EmergencyIn {
    /// When.
    pub starts_at: MeetingMoment,
    /// How people meet.
    pub mode: MeetingMode,
    /// Where.
    #[serde(default)]
    pub place: Option<Text<400>>,
}

/// Accept a referral: it opens a case, or joins the case of the same pair.
///
/// Joining opens nothing: its author reads their own referral and the actions they own. Names and dates
/// that differ are listed at `GET /cases/{id}/differences` until somebody decides. 409 `pair_known`: the
/// same survivor and perpetrator are known here; `ids` are the cases that you can see. Join one of them,
/// or say with `separate` why not.
#[operation(post, "/referrals/{id}/accept", tag = "referrals", act = AcceptReferral, says = "Accepted.")]
pub async fn accept_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<AcceptIn>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let (found, next) = decided(tx, ACT, id, version, Command::Accept)?;
        write_store::decide(tx, &found, next, None)?;
        let (case, repeat) = accepted(tx, &found, &body.0, &tools)?;
        telling::decided(tx, NoticeKind::ReferralAccepted, &found, found.case.id)?;
        if let Some(agenda) = body.0.agenda {
            put_on_agenda(tx, ACT, (case.id, id), agenda, repeat)?;
        }
        Ok(after(tx, id, &tools)?.and(Event::of_case(&case).on("case", case.id)))
    })
    .await
    .map(answer)
}

fn accepted(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    ask: &AcceptIn,
    tools: &Tools,
) -> Result<(VisibleCase, bool)> {
    let (_, settings) = store::marac(tx, found.row.marac_id)?;
    let document = found.document()?;
    let checked = checked(tx, found, tools)?;
    let referred_on = found.row.referred_on.unwrap_or_else(|| tx.today());
    let accepted = counted(&found.row.criteria, referred_on, &document, &settings);
    let referral = Unfolding::of(&found.row, referred_on, &document, &checked);
    let case = place(tx, found, ask)?;
    let mut repeat = false;
    let joins = case.id != found.case.id;
    if joins {
        repeat = is_repeat(
            case.row.last_referral_on,
            referred_on,
            accepted.window_months,
        );
        join(tx, found, &case, ask.reason.as_deref())?;
        intake::reopen_case(tx, &case, &accepted)?;
        flags::renew(tx, &case)?;
        idva::referred_again(tx, &case)?;
    } else {
        intake::open_case(tx, &case, &accepted)?;
        if let Some(separate) = &ask.separate {
            write_store::kept_separate(tx, found, &separate.reason)?;
        }
    }
    write_store::set_repeat(tx, found.row.id, repeat)?;
    unfold(tx, &case, &referral, joins, (tools, &settings))?;
    kernel::damage::refuse_any()?;
    Ok((case, repeat))
}

/// Urgent referrals go onto an emergency meeting in the call that accepts them.
fn put_on_agenda(
    tx: &mut Tx<'_>,
    act: Act,
    (case_id, referral_id): (Uuid, Uuid),
    agenda: OntoAgenda,
    repeat: bool,
) -> Result<()> {
    let case = visibility::case(tx, act, case_id)?;
    let meeting_id = match (agenda.meeting_id, agenda.emergency) {
        (Some(id), None) => id,
        (None, Some(new)) => meetings::emergency(
            tx,
            case.marac_id,
            new.starts_at.at(),
            new.mode,
            new.place.map(String::from),
        )?,
        _ => {
            let message = "Name a planned meeting, or plan an emergency one.";
            return Err(Error::field("/agenda", "one_meeting", message));
        }
    };
    let kind = if repeat {
        AgendaItemKind::Repeat
    } else {
        AgendaItemKind::New
    };
    meetings::put_on(
        tx,
        &case,
        meeting_id,
        kind,
        Some(referral_id),
        &agenda.agencies,
    )?;
    Ok(())
}
