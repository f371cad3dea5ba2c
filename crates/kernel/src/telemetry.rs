//! Logs without personal data: method, route template, status, milliseconds, request id. Never a
//! path, a query, a body, a name.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

thread_local! {
    static REQUEST: Cell<Option<Uuid>> = const { Cell::new(None) };
}

tokio::task_local! {
    static TASK_REQUEST: Uuid;
}

/// The id of the request under way; a fresh one outside of any.
pub fn request_id() -> Uuid {
    TASK_REQUEST
        .try_with(|id| *id)
        .ok()
        .or_else(|| REQUEST.with(Cell::get))
        .unwrap_or_else(Uuid::now_v7)
}

/// Runs `work` on this thread as part of a request.
pub fn with_request_id<T>(id: Uuid, work: impl FnOnce() -> T) -> T {
    REQUEST.with(|cell| {
        let before = cell.replace(Some(id));
        let result = work();
        cell.set(before);
        result
    })
}

/// Middleware: gives each request its id, and the answer the same in `X-Request-Id`.
pub async fn identify(
    request: ServiceRequest,
    next: actix_web::middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = Uuid::now_v7();
    TASK_REQUEST
        .scope(id, async move {
            let mut response = next.call(request).await?;
            if let Ok(value) = actix_web::http::header::HeaderValue::from_str(&id.to_string()) {
                let name = actix_web::http::header::HeaderName::from_static("x-request-id");
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        })
        .await
}

/// The template of the route that answered. Asked for afterwards: before the routing it would have to
/// be looked for once more, among all of them.
pub(crate) fn route<B>(outcome: &Result<ServiceResponse<B>, actix_web::Error>) -> String {
    let pattern = outcome
        .as_ref()
        .ok()
        .and_then(|response| response.request().match_pattern());
    pattern.unwrap_or_else(|| "unmatched".into())
}

#[derive(Clone, Copy)]
struct Began(Instant);

/// The root span: the route's template, never the path that was sent.
pub struct RootSpan;

impl RootSpanBuilder for RootSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        request.extensions_mut().insert(Began(Instant::now()));
        tracing::info_span!(
            "request",
            method = crate::metrics::method(request.method()),
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
            tracing::debug!(parent: &span, ms, "answered");
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
