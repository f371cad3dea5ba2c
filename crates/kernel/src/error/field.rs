//! What is wrong with one field of a request.

use serde::Serialize;
use utoipa::ToSchema;

use practice::text::Fault;

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request body, or the name of a parameter or header; with a 409, JSON pointer into what
    /// was read.
    #[schema(example = "/survivor/identity/family_name")]
    pub pointer: String,
    /// Stable code of the rule.
    #[schema(example = "required")]
    pub code: String,
    /// What is asked for. Never what was sent.
    pub message: String,
    /// The most that is taken, where the rule is one of length: characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4000)]
    pub limit: Option<usize>,
}

impl FieldError {
    /// A refused field.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            message: message.into(),
            limit: None,
        }
    }

    /// A text that was refused.
    pub fn text(pointer: impl Into<String>, fault: Fault) -> Self {
        Self {
            limit: fault.limit(),
            ..Self::new(pointer, fault.code(), fault.message())
        }
    }

    /// A field that must be there.
    pub fn required(pointer: impl Into<String>) -> Self {
        Self::new(pointer, "required", "This is required.")
    }
}
