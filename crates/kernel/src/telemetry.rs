//! Logs without personal data: method, route template, status, milliseconds, request id. Never a
//! path, a query, a body, a name.

use std::io::IsTerminal;
use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use crate::metrics::{self, route};
use crate::request_id::request_id;

#[derive(Clone, Copy)]
struct Began(Instant);

/// The root span: the route's template, never the path that was sent.
pub struct RootSpan;

impl RootSpanBuilder for RootSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        request.extensions_mut().insert(Began(Instant::now()));
        tracing::info_span!(
            "request",
            method = metrics::method(request.method()),
            route = tracing::field::Empty,
            request_id = %request_id(),
            status = tracing::field::Empty,
        )
    }

    /// One line per request, for those who ask for `debug`, and one for a fault.
    fn on_request_end<B: MessageBody>(
        span: Span,
        outcome: &Result<ServiceResponse<B>, actix_web::Error>,
    ) {
        let (status, fault) = match outcome {
            Ok(response) => (response.status(), response.response().error()),
            Err(error) => (error.as_response_error().status_code(), Some(error)),
        };
        span.record("status", status.as_u16());
        span.record("route", route(outcome));
        if let Some(fault) = fault.and_then(|fault| fault.as_error::<crate::error::Error>()) {
            fault.log(&span);
        }
        let began = outcome
            .as_ref()
            .ok()
            .and_then(|response| response.request().extensions().get::<Began>().copied());
        if let Some(Began(began)) = began {
            let ms = began.elapsed().as_secs_f64() * 1000.0;
            // Under the name of the program, which is what operators filter by.
            tracing::debug!(target: "toldonce", parent: &span, ms, "answered");
        }
    }
}

/// Starts logging: `json` for machines, else for people. `RUST_LOG`-style filter.
pub fn init(json: bool, filter: &str) {
    use tracing_subscriber::prelude::*;
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start in the same process, as in tests, keeps the first.
    let _ = if json {
        registry.with(layer.json()).try_init()
    } else {
        registry.with(layer.with_target(false)).try_init()
    };
}
