//! Writing, reading and sending in referrals.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::rules::{self, Checked, Command, decide};
use super::shapes::{ChangeReferral, CreateReferral, ReferralItem, ReferralOut};
use super::store::{self, VisibleReferral};
use super::write_store::{self, Origin};
use super::written::Written;
use super::{ReferralStatus, history, telling};
use casework::cases::intake::{self, Person};
use casework::people;
use directory::auth::Throttle;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, IfMatch, Page, PageQuery, Path, Query, Tagged,
    operation,
};
use kernel::policy::{Act, may_in};
use practice::document::Document;
use practice::risk::Tools;
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_referral_route)
        .service(list_referrals_route)
        .service(read_referral_route)
        .service(change_referral_route)
        .service(submit_referral_route);
}

/// The answer, with its version.
pub(super) fn answer(out: ReferralOut) -> Tagged<ReferralOut> {
    Tagged::with(out.etag.clone(), out)
}

/// Write a referral: people, children, assessment and account in one request.
///
/// Without `draft` it must be complete, and is sent in at once. The answer never tells whether
/// anybody is known.
#[operation(post, "/referrals", tag = "referrals", act = CreateReferral,
    says = "Written, and sent in unless it is a draft.")]
pub async fn create_referral(
    db: Data<Db>,
    throttle: Data<Throttle>,
    tools: Data<Tools>,
    caller: Caller,
    key: IdempotencyKey,
    Body(body): Body<CreateReferral>,
) -> Result<Created<Tagged<ReferralOut>>> {
    throttle.search(caller.principal().id())?;
    db.run(&caller, ACT.on("marac", body.marac_id), move |tx| {
        may_in(&tx.actor, ACT, body.marac_id)?;
        match key.claim(tx, "create_referral", &body)? {
            Idempotency::Replay(id) => {
                let found = store::find(tx, Act::ReadReferral, id)?;
                render(tx, found, &tools)
            }
            Idempotency::Fresh(id) => write(tx, id, body, &tools),
        }
    })
    .await
    .map(answer)
    .map(Created)
}

fn write(
    tx: &mut Tx<'_>,
    id: Uuid,
    new: CreateReferral,
    tools: &Tools,
) -> Result<Audited<ReferralOut>> {
    let (code, settings) = store::marac(tx, new.marac_id)?;
    let mut document = new.referral;
    document.keep_guards(&Document::default());
    let today = tx.today();
    let referred_on = document.referred_on.get_or_insert(today.into()).day();
    let checked = rules::check(&document, tools, &settings, tx.today(), "/referral");
    if !new.draft && !checked.missing.is_empty() {
        return Err(Error::invalid(checked.missing));
    }
    let person = Person::of(&tx.actor.principal);
    let case = intake::open_file(tx, new.marac_id, &code, person, !new.draft)?;
    let status = if new.draft {
        ReferralStatus::Draft
    } else {
        ReferralStatus::Submitted
    };
    let written = Written {
        document: &document,
        checked: &checked,
        referred_on,
        status,
        urgent: new.urgent,
        co_agency_id: new.co_agency_id,
    };
    let origin = Origin {
        id,
        agency_id: tx.actor.agency_id,
        submitted_by: person.user(),
        actor_id: person.actor(),
        external_ref: new.external_ref.map(String::from),
        gaps: Vec::new(),
    };
    write_store::insert(tx, &case, &origin, &written)?;
    if !new.draft {
        people::replace_tokens(tx, &case, &people::tokens_of(&document, &tx.keys), true)?;
        telling::received(tx, &case, id)?;
    }
    let act = if new.draft {
        Act::CreateReferral
    } else {
        Act::SubmitReferral
    };
    let event = Event::of_case(&case).on("referral", id).act(act);
    let row = origin.row(tx, &case, &written)?;
    let found = VisibleReferral {
        row,
        case,
        is_author: true,
    };
    Ok(Audited::new(ReferralOut::render(&found, checked)?, event))
}

/// The referral for the reader, with the event of reading it.
pub(super) fn render(
    tx: &mut Tx<'_>,
    found: VisibleReferral,
    tools: &Tools,
) -> Result<Audited<ReferralOut>> {
    let checked = checked(tx, &found, tools)?;
    let event = Event::of_case(&found.case).on("referral", found.row.id);
    Ok(Audited::new(ReferralOut::render(&found, checked)?, event))
}

/// What the rules say of it, as at its own day; once it was sent in, what it stood on then.
pub(super) fn checked(tx: &mut Tx<'_>, found: &VisibleReferral, tools: &Tools) -> Result<Checked> {
    let (_, settings) = store::marac(tx, found.row.marac_id)?;
    let mut document = found.document()?;
    let sent_in = found.row.submitted_at.is_some() && found.row.status != ReferralStatus::Returned;
    if sent_in {
        document = history::as_scored(document, &found.row);
    }
    let mut checked = rules::check(&document, tools, &settings, tx.today(), "/referral");
    if sent_in {
        let practice = (tools, &settings);
        history::as_recorded(&mut checked, &document, &found.row, practice);
    }
    Ok(checked)
}

/// Which referrals.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListReferrals {
    /// A MARAC's inbox, for its coordinator and chair: urgent first. Without it, one's own referrals.
    #[serde(default)]
    pub inbox: Option<Uuid>,
    /// Only those in this state; in an inbox, those submitted and those sent back if left out.
    #[serde(default)]
    pub status: Option<ReferralStatus>,
    /// Rows per page, 1 to 200.
    #[serde(default)]
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<Line<400>>,
}

/// List referrals: one's own, or a MARAC's inbox.
#[operation(get, "/referrals", tag = "referrals", act = ListReferrals, says = "A page.")]
pub async fn list_referrals(
    db: Data<Db>,
    caller: Caller,
    query: Query<ListReferrals>,
) -> Result<Page<ReferralItem>> {
    let ListReferrals {
        inbox,
        status,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let ask = inbox.map_or(ACT.ask(), |marac_id| ACT.on("marac", marac_id));
    db.run(&caller, ask, move |tx| {
        let (after, limit) = (page.after()?, page.limit());
        let (rows, event) = match inbox {
            Some(marac_id) => {
                may_in(&tx.actor, Act::CheckRepeat, marac_id)?;
                let open = vec!["submitted", "returned"];
                let statuses = status.map_or(open, |status| vec![status.as_str()]);
                (
                    store::inbox(tx, marac_id, statuses, after, limit)?,
                    Event::new().in_marac(marac_id),
                )
            }
            None => (store::mine(tx, status, after, limit)?, Event::new()),
        };
        let page = Page::of(rows, limit, |row| row.key);
        let event = event.rows(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// Read a referral as it was received.
#[operation(get, "/referrals/{id}", tag = "referrals", act = ReadReferral, says = "The referral.")]
pub async fn read_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = store::find(tx, ACT, id)?;
        render(tx, found, &tools)
    })
    .await
    .map(answer)
}

/// Write a draft or a returned referral anew. Valid parts are kept, what is missing is listed.
///
/// An address whose `confidential` is left out stays as guarded as it was. One that is opened stands in
/// the access log as `lower_guard`.
#[operation(put, "/referrals/{id}", tag = "referrals", act = ChangeReferral, says = "Kept.")]
pub async fn change_referral(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Body<ChangeReferral>,
) -> Result<Tagged<ReferralOut>> {
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = own(tx, ACT, id, version, Command::Edit)?;
        let ChangeReferral {
            urgent,
            co_agency_id,
            mut referral,
        } = body.0;
        let before = found.document()?;
        referral.keep_guards(&before);
        kernel::crypto::damage::sent_whole(id);
        referral.referred_on = referral.referred_on.or(before.referred_on);
        let other = (urgent, co_agency_id) != (found.row.urgent, found.row.co_agency_id);
        let same = referral
            .is_same(&before)
            .map_err(|_| Error::Internal("a referral did not serialise"))?;
        if !other && same {
            return render(tx, found, &tools);
        }
        let keep = found.row.status;
        let opened = referral.opens(&before).then(|| {
            let event = Event::of_case(&found.case).act(Act::LowerGuard);
            event.on("referral", id).fields(["confidential"])
        });
        let out = rewrite(tx, found, referral, (urgent, co_agency_id), keep, &tools)?;
        Ok(opened.into_iter().fold(out, Audited::and))
    })
    .await
    .map(answer)
}

/// Send a draft or a returned referral in. Refused with everything that is missing (R1).
#[operation(post, "/referrals/{id}/submit", tag = "referrals", act = SubmitReferral, says = "Sent in.")]
pub async fn submit_referral(
    db: Data<Db>,
    throttle: Data<Throttle>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<Tagged<ReferralOut>> {
    throttle.search(caller.principal().id())?;
    db.run(&caller, ACT.on("referral", id), move |tx| {
        let found = own(tx, ACT, id, version, Command::Submit)?;
        let document = found.document()?;
        kernel::damage::refuse_any()?;
        let kept = (found.row.urgent, found.row.co_agency_id);
        rewrite(tx, found, document, kept, ReferralStatus::Submitted, &tools)
    })
    .await
    .map(answer)
}

/// The caller's own referral, locked, at the version read, in a state that allows the command.
pub(super) fn own(
    tx: &mut Tx<'_>,
    act: Act,
    id: Uuid,
    version: IfMatch,
    command: Command,
) -> Result<VisibleReferral> {
    let found = store::lock(tx, act, id)?;
    if !found.is_author {
        return Err(kernel::error::Code::Forbidden.into());
    }
    version.check(found.row.version)?;
    let challenged = found.row.challenge.is_some();
    decide(found.row.status, command, challenged).map_err(Error::conflict)?;
    Ok(found)
}

fn rewrite(
    tx: &mut Tx<'_>,
    mut found: VisibleReferral,
    mut document: Document,
    (urgent, co_agency_id): (bool, Option<Uuid>),
    status: ReferralStatus,
    tools: &Tools,
) -> Result<Audited<ReferralOut>> {
    let (_, settings) = store::marac(tx, found.row.marac_id)?;
    let today = tx.today();
    let referred_on = document.referred_on.get_or_insert(today.into()).day();
    let checked = rules::check(&document, tools, &settings, tx.today(), "/referral");
    let submitted = status == ReferralStatus::Submitted;
    if submitted && !checked.missing.is_empty() {
        return Err(Error::invalid(checked.missing));
    }
    let written = Written {
        document: &document,
        checked: &checked,
        referred_on,
        status,
        urgent,
        co_agency_id,
    };
    write_store::update(tx, &found, &written)?;
    if submitted {
        intake::received(tx, &found.case)?;
        people::replace_tokens(
            tx,
            &found.case,
            &people::tokens_of(&document, &tx.keys),
            false,
        )?;
        telling::received(tx, &found.case, found.row.id)?;
    }
    found.row.take(tx, &found.case, &written)?;
    let event = Event::of_case(&found.case)
        .on("referral", found.row.id)
        .fields(["document"]);
    Ok(Audited::new(ReferralOut::render(&found, checked)?, event))
}
