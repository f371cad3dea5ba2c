//! The service: state, scopes, the order of middleware, and a net for the framework's own errors.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{ErrorHandlerResponse, ErrorHandlers, Next, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpResponse};
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::{Config, SwaggerUi};

use directory::auth::password::Passwords;
use directory::auth::token::Tokens;
use directory::auth::{Throttle, authenticate};
use directory::notifications::mail::Mailer;
use kernel::db::Db;
use kernel::error::{Code, Error, Result};
use kernel::http::{NoContent, TrustedProxies, most_bytes_of, operation};
use kernel::request_id::identify;
use kernel::telemetry::RootSpan;
use practice::risk::Tools;
use practice::text::Line;

/// The parts that the service is made of. An operation asks for those it needs, each by its own type.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Data<Db>,
    /// Signs and verifies access tokens.
    pub tokens: Data<Tokens>,
    /// Hashes passwords.
    pub passwords: Data<Passwords>,
    /// Limits per person.
    pub throttle: Data<Throttle>,
    /// Proxies whose word on where a request comes from is believed.
    pub proxies: Data<TrustedProxies>,
    /// The published risk tools.
    pub tools: Data<Tools>,
    /// Sends e-mail.
    pub mail: Data<Mailer>,
    /// Days that a notification is kept after it was read.
    pub keep_read_days: u32,
}

impl Parts {
    /// Gives the operations each part.
    fn hand_out(&self, config: &mut actix_web::web::ServiceConfig) {
        let Self {
            db,
            tokens,
            passwords,
            throttle,
            proxies,
            tools,
            mail,
            keep_read_days: _,
        } = self;
        config
            .app_data(db.clone())
            .app_data(tokens.clone())
            .app_data(passwords.clone())
            .app_data(throttle.clone())
            .app_data(proxies.clone())
            .app_data(tools.clone())
            .app_data(mail.clone());
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Told Once",
        description = "A survivor tells it once. Every agency that needs it reads the same account. \
            Nobody else ever sees it. Every action that was agreed is chased until it is done.\n\n\
            A PATCH is a merge (RFC 7396): a field that is left out stays as it is; `null` clears it, or is \
            refused as `not_null` where it cannot be cleared. A PATCH or PUT that changes nothing makes no new \
            version and tells nobody.\n\n\
            Text that is sent is trimmed and stored in Unicode NFC. What is refused in it, and as which code, stands \
            at the schemas `Text…` (several lines), `Line…` (one line) and `Secret…`; the number in their name is \
            the limit in characters.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/")),
    security(("bearer" = [])),
    components(schemas(Line<6>)),
    modifiers(&Bearer),
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .build(),
        );
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", scheme);
        let client = SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Basic)
                .description(Some(
                    "The id and the secret of an API client, each form-encoded (RFC 6749 §2.3.1).",
                ))
                .build(),
        );
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("client", client);
    }
}

/// Every route of the API, once: the server and the OpenAPI document are made of this. Routes are tried
/// one after the other, so those that are asked for most stand first.
fn api(config: &mut ServiceConfig<'_>) {
    config
        .configure(casework::cases::routes)
        .configure(casework::actions::routes)
        .configure(conference::meetings::routes)
        .configure(conference::referrals::routes)
        .configure(casework::people::routes)
        .configure(casework::parties::routes)
        .configure(casework::account::routes)
        .configure(conference::research::routes)
        .configure(conference::hearing::routes)
        .configure(conference::minutes::routes)
        .configure(casework::questions::routes)
        .configure(casework::flags::routes)
        .configure(casework::idva::routes)
        .configure(directory::notifications::routes)
        .configure(casework::risk::routes)
        .configure(directory::auth::routes)
        .configure(directory::cover::routes)
        .configure(directory::maracs::routes)
        .configure(directory::agencies::routes)
        .configure(directory::users::routes)
        .configure(directory::clients::routes)
        .configure(directory::approvals::routes)
        .configure(crate::reports::routes)
        .configure(directory::calendar::routes)
        .configure(directory::damaged_parts::routes)
        .configure(directory::audit_log::routes);
}

/// The whole application on top of `app`, and its document.
macro_rules! assemble {
    ($app:expr) => {
        $app.into_utoipa_app()
            .openapi(Document::openapi())
            .service(livez_route)
            .service(readyz_route)
            .service(
                utoipa_actix_web::scope("/api/v1")
                    .configure(api)
                    .default_service(actix_web::web::to(nothing_here))
                    .wrap(from_fn(authenticate)),
            )
            .split_for_parts()
    };
}

/// The application as the server and the tests run it.
pub fn app(
    parts: &Parts,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let (app, document) = assemble!(App::new().configure(|config| parts.hand_out(config)));
    app.service(documentation(described(document)))
        .default_service(actix_web::web::to(nothing_here))
        .wrap(ErrorHandlers::new().default_handler(as_problem))
        .wrap(from_fn(headers))
        .wrap(from_fn(kernel::damage::collect))
        .wrap(TracingLogger::<RootSpan>::new())
        .wrap(from_fn(identify))
        .wrap(from_fn(kernel::metrics::count))
}

/// The interactive documentation, all of it from this program: no page of it asks anybody else, as
/// its validator would.
fn documentation(document: utoipa::openapi::OpenApi) -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}")
        .config(Config::default().validator_url("none"))
        .url("/openapi.json", document)
}

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    described(assemble!(App::new()).1)
}

/// The document with what the routes do not say of themselves.
fn described(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    kernel::damage::describe(&mut document);
    with_limits(document)
}

/// Says of every request body how long it may be.
fn with_limits(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let json = |schema| serde_json::to_value(schema).unwrap_or_default();
    let parts: std::collections::BTreeMap<_, _> = document
        .components
        .iter()
        .flat_map(|components| &components.schemas)
        .map(|(name, schema)| (name.clone(), json(schema)))
        .collect();
    for path in document.paths.paths.values_mut() {
        let methods = [
            &mut path.post,
            &mut path.put,
            &mut path.patch,
            &mut path.delete,
        ];
        let bodies = methods
            .into_iter()
            .flatten()
            .filter_map(|one| one.request_body.as_mut());
        for body in bodies {
            let RefOr::T(body) = body else { continue };
            let sent = body.content.values().next().map(|content| match content {
                RefOr::T(content) => serde_json::to_value(&content.schema).unwrap_or_default(),
                RefOr::Ref(_) => serde_json::Value::Null,
            });
            let most = most_bytes_of(&sent.unwrap_or_default(), &|name| parts.get(name));
            body.description = Some(format!("At most {most} bytes."));
        }
    }
    document
}

/// The document as it is committed: sorted, indented, with a newline at the end.
pub fn document_text() -> Result<String> {
    let value = serde_json::to_value(document()).map_err(|_| Error::Internal("openapi"))?;
    let text = serde_json::to_string_pretty(&value).map_err(|_| Error::Internal("openapi"))?;
    Ok(text + "\n")
}

/// Alive: the process answers.
#[operation(get, "/livez", tag = "operations", says = "The process answers.")]
pub async fn livez() -> NoContent {
    NoContent
}

/// Ready: the database answers too.
#[operation(get, "/readyz", tag = "operations", says = "Requests can be served.",
    problems((status = 503, description = "The database does not answer.",
        body = kernel::error::ProblemDocument, content_type = "application/problem+json")))]
pub async fn readyz(db: Data<Db>) -> Result<NoContent> {
    db.ping().await.map_err(|_| Error::Pool)?;
    Ok(NoContent)
}

async fn nothing_here() -> Result<HttpResponse> {
    Err(Code::NotFound.into())
}

/// Nothing is kept by a browser or a proxy, and nothing is guessed or framed.
async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// A net under our own extractors: whatever error the framework makes itself becomes a problem
/// without its text, which may quote the request.
fn as_problem<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
) -> actix_web::Result<ErrorHandlerResponse<B>> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind == "application/problem+json")
        || response
            .response()
            .extensions()
            .contains::<directory::auth::OwnShape>()
        || !response.status().is_client_error()
    {
        return Ok(ErrorHandlerResponse::Response(
            response.map_into_left_body(),
        ));
    }
    let code = match response.status().as_u16() {
        401 => Code::Unauthenticated,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMediaType,
        _ => Code::Malformed,
    };
    let problem = actix_web::ResponseError::error_response(&Error::from(code));
    let response = response.into_response(problem.map_into_boxed_body());
    Ok(ErrorHandlerResponse::Response(
        response.map_into_right_body(),
    ))
}
