//! Questions on the account: who lacks something asks the case's lead, and not the survivor again.
//!
//! `api` asks, lists, reads and takes back. The lead's side: `answer_api` answers from the account,
//! `take_api` takes questions into the next contact or declines them, `anew_api` answers by what was
//! told there. `rules` holds the life cycle.
//!
//! How often the survivor was asked is the number of questions that were taken to them and answered
//! by a new entry. How often the account was read instead is the number of questions answered from
//! the account, and of people who were about to ask under a heading, were shown what they can read
//! there and left it at that.

pub mod anew_api;
pub mod answer_api;
pub mod api;
mod rules;
mod store;
pub mod take_api;
mod telling;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use practice::vocabulary;

vocabulary! {
    /// The life cycle of a question.
    QuestionStatus {
        /// Waits for the case's lead.
        Open = "open",
        /// The lead takes it into the next contact with the survivor.
        Taken = "taken",
        /// The account had the answer.
        AnsweredFromAccount = "answered_from_account",
        /// The survivor was asked, and what was told is a new entry.
        AnsweredNew = "answered_new",
        /// The lead does not ask it, and says why.
        Declined = "declined",
        /// The asker took it back.
        Withdrawn = "withdrawn",
    }
}

/// How the account of a case is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountUse {
    /// Questions that were taken to the survivor and answered anew.
    pub asked: i64,
    /// Questions answered from the account, and people who were shown what they can read under the
    /// heading and then did not ask.
    pub read_instead: i64,
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    config
        .service(take_api::take_questions_route)
        .service(answer_api::answer_question_route)
        .service(anew_api::answer_question_anew_route)
        .service(take_api::decline_question_route);
}
