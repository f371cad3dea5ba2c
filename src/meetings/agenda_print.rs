//! The agenda on paper, as a web page and as a PDF: what the reader has of it, and no more.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono_tz::Europe::London;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::agenda_api::audited;
use super::agenda_view::{AgendaItemOut, AgendaOut, AgendaPerson};
use super::{AgendaItemStatus, head_in_sight};
use crate::app::State;
use crate::auth::Caller;
use crate::error::Result;
use crate::http::{Path, Problems};
use crate::maracs::{self, Marac, settings::Labels};
use crate::policy::Act;
use crate::print::{self, Block, Document, Reader, Section, Table, capital, day, moment, words};

/// The operations that print agendas.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(print_agenda_html).service(print_agenda_pdf);
}

async fn document(state: &State, caller: &Caller, id: Uuid) -> Result<Document> {
    let (agenda, marac, reader) = state
        .db
        .run(caller, Act::ReadAgenda.on("meeting", id), move |tx| {
            let head = head_in_sight(tx, Act::ReadAgenda, id)?;
            let marac = maracs::find(tx, head.meeting.marac_id)?;
            let reader = print::reader(tx)?;
            let audited = audited(tx, head)?;
            Ok(audited.map(|(agenda, _)| (agenda, marac, reader)))
        })
        .await?;
    paper(&agenda, &marac, reader)
}

fn paper(agenda: &AgendaOut, marac: &Marac, reader: Reader) -> Result<Document> {
    let labels = marac.settings()?.labels;
    let meeting = &agenda.meeting;
    let mut sections = vec![meeting_section(agenda, marac), overview(agenda)];
    for item in agenda.items.iter().filter(|item| item.number.is_some()) {
        sections.push(case(item, &labels));
    }
    let date = day(meeting.starts_at.with_timezone(&London).date_naive());
    Ok(Document {
        title: format!("Agenda of the {} MARAC, {date}", marac.name),
        marking: labels.marking,
        reader,
        sections,
    })
}

fn meeting_section(agenda: &AgendaOut, marac: &Marac) -> Section {
    let meeting = &agenda.meeting;
    let mut facts = vec![
        ("MARAC".to_owned(), marac.name.clone()),
        ("Starts".to_owned(), moment(meeting.starts_at)),
        ("Kind".to_owned(), words(meeting.kind.as_str())),
        ("Held".to_owned(), words(meeting.mode.as_str())),
    ];
    facts.extend(
        meeting
            .place
            .clone()
            .map(|place| ("Place".to_owned(), place)),
    );
    let circulated = meeting
        .circulated_at
        .map(|at| ("Circulated".to_owned(), moment(at)));
    facts.extend(circulated);
    let order = [
        "Introductions",
        "Confidentiality statement, read and accepted",
        "Actions that were not completed",
        "Cases with children, then the others",
        "Cases past twelve months",
        "Any other business",
    ];
    let mut section = Section::new("The meeting");
    section.blocks.push(Block::Facts(facts));
    section
        .blocks
        .push(Block::Heading("Order of business".into()));
    section
        .blocks
        .push(Block::List(order.map(str::to_owned).to_vec()));
    section
}

/// The list of cases by code: no name stands on a page with another case's.
fn overview(agenda: &AgendaOut) -> Section {
    let mut section = Section::new("Cases");
    let rows: Vec<_> = agenda
        .items
        .iter()
        .filter_map(|item| {
            let at = item.starts_at.map(|at| at.with_timezone(&London));
            Some(vec![
                item.number?.to_string(),
                item.case_code.clone(),
                at.map_or_else(String::new, |at| at.format("%H:%M").to_string()),
                item.minutes.to_string(),
                words(item.kind.as_str()),
                if item.has_children { "Yes" } else { "No" }.to_owned(),
            ])
        })
        .collect();
    if rows.is_empty() {
        section.text("No case is on this agenda for you.");
        return section;
    }
    section.blocks.push(Block::Table(Table {
        caption: "Cases in the order of the meeting".into(),
        columns: vec![
            ("No.", 2),
            ("Case", 5),
            ("Time", 3),
            ("Minutes", 3),
            ("Listed as", 4),
            ("Children", 3),
        ],
        rows,
    }));
    section
}

fn case(item: &AgendaItemOut, labels: &Labels) -> Section {
    let number = item.number.unwrap_or_default();
    let mut section = Section::new(format!("Case {number}: {}", item.case_code));
    section.running = Some(format!("Case {}", item.case_code));
    let list = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join(", "));
    let status = (item.status != AgendaItemStatus::Listed).then(|| words(item.status.as_str()));
    let facts = [
        ("Listed as", Some(words(item.kind.as_str()))),
        ("Decision", status),
        ("Added late", item.late.then(|| "Yes".to_owned())),
        ("Transferred from", item.transferred_from.clone()),
        ("Score", item.score.map(|score| score.to_string())),
        (
            "Criteria",
            list(item.criteria.iter().map(|one| words(one)).collect()),
        ),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(term, fact)| Some((term.to_owned(), fact?)));
    section.blocks.push(Block::Facts(facts.collect()));
    let mut rows = Vec::new();
    let of = |label: &str, people: &[AgendaPerson], rows: &mut Vec<Vec<String>>| {
        for person in people {
            rows.push(row(label, person));
        }
    };
    of(
        &capital(&labels.survivor),
        item.survivor.as_slice(),
        &mut rows,
    );
    of(&capital(&labels.perpetrator), &item.perpetrators, &mut rows);
    of("Child", &item.children, &mut rows);
    if !rows.is_empty() {
        section.blocks.push(Block::Table(Table {
            caption: "People to search records for".into(),
            columns: vec![
                ("As", 4),
                ("Name", 7),
                ("Also known as", 7),
                ("Date of birth", 4),
            ],
            rows,
        }));
    }
    section
}

fn row(label: &str, person: &AgendaPerson) -> Vec<String> {
    let identity = &person.identity;
    let name = identity.full_name();
    let born = identity.date_of_birth.map(day);
    vec![
        label.to_owned(),
        name.unwrap_or_else(|| "Not known".to_owned()),
        identity.aliases.join(", "),
        born.unwrap_or_else(|| "Not known".to_owned()),
    ]
}

/// The agenda as a web page to print: with the reader, the time and the case on every sheet.
#[utoipa::path(tag = "meetings", operation_id = "print_agenda_html",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"), Problems))]
#[get("/meetings/{id}/agenda.html")]
async fn print_agenda_html(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    Ok(print::html(&document(&state, &caller, id.0).await?))
}

/// The agenda as a tagged PDF: with the reader, the time and the case on every page.
#[utoipa::path(tag = "meetings", operation_id = "print_agenda_pdf",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The PDF.", body = Vec<u8>, content_type = "application/pdf"), Problems))]
#[get("/meetings/{id}/agenda.pdf")]
async fn print_agenda_pdf(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let document = document(&state, &caller, id.0).await?;
    print::pdf(document, "agenda").await
}
