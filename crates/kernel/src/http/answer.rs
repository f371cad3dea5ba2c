//! What an operation answers with. A reader in the process takes the value; over HTTP each of these types writes
//! itself as a response. The `operation` attribute reads the type for the document.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, LINK};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::etag::etag;
use super::page::Page;

/// A value as JSON: 200.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

/// A value with its version, which the header `ETag` says: 200.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The value.
    pub value: T,
    etag: Option<String>,
}

impl<T> Tagged<T> {
    /// A value at this version.
    pub fn new(version: i32, value: T) -> Self {
        Self::with(etag(version), value)
    }

    /// A value with this entity tag; with none for a reader who may not change it.
    pub fn with(etag: impl Into<Option<String>>, value: T) -> Self {
        Self {
            value,
            etag: etag.into(),
        }
    }

    /// The entity tag, to be sent as `If-Match`.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The same version in another shape.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Tagged<U> {
        Tagged {
            value: f(self.value),
            etag: self.etag,
        }
    }
}

impl<T: Serialize> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(etag) = self.etag {
            response.insert_header((ETAG, etag));
        }
        response.json(self.value)
    }
}

/// What was made, in the answer that it would have by itself: 201.
#[derive(Debug, Clone)]
pub struct Created<R>(pub R);

impl<R: Responder> Responder for Created<R> {
    type Body = R::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<R::Body> {
        let mut response = self.0.respond_to(request);
        *response.status_mut() = StatusCode::CREATED;
        response
    }
}

/// Done, and nothing to say of it: 204.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        linked(request, self.next_cursor.as_deref()).json(self)
    }
}

/// A list that says more than its rows.
pub trait Continued: Serialize {
    /// Where its next page starts.
    fn next_cursor(&self) -> Option<&str>;
}

/// One page of such a list, with the header `Link` of the next: 200.
#[derive(Debug, Clone)]
pub struct Linked<T>(pub T);

impl<T: Continued> Responder for Linked<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        linked(request, self.0.next_cursor()).json(self.0)
    }
}

/// 200 with the `Link` header of the next page, if there is one.
fn linked(request: &HttpRequest, next_cursor: Option<&str>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = next_cursor {
        let others = form_urlencoded::parse(request.query_string().as_bytes())
            .filter(|(name, _)| name != "cursor");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair("cursor", cursor)
            .finish();
        response.insert_header((LINK, format!("<{}?{query}>; rel=\"next\"", request.path())));
    }
    response
}

/// A document as a web page: 200.
#[derive(Debug, Clone)]
pub struct Html {
    /// The page.
    pub text: String,
    /// What it may load and run.
    pub policy: String,
}

impl Responder for Html {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, self.policy))
            .body(self.text)
    }
}

/// A document as a PDF: 200.
#[derive(Debug, Clone)]
pub struct Pdf {
    /// Its name as a file, without the ending.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// How the document says that a body is a file.
pub struct Binary;

impl PartialSchema for Binary {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(format))
            .into()
    }
}

impl ToSchema for Binary {}

impl Responder for Pdf {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let name = format!("inline; filename=\"{}.pdf\"", self.name);
        HttpResponse::Ok()
            .content_type("application/pdf")
            .insert_header((CONTENT_DISPOSITION, name))
            .body(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn sent(answer: impl Responder<Body = BoxBody>, uri: &str) -> (u16, Vec<(String, String)>) {
        let request = TestRequest::with_uri(uri).to_http_request();
        let response = answer.respond_to(&request);
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        });
        let headers = headers.filter(|(name, _)| name == "etag" || name == "link");
        (response.status().as_u16(), headers.collect())
    }

    #[test]
    fn each_answer_has_its_status_and_its_headers() {
        let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let page = |next: Option<&str>| Page {
            items: vec![1, 2],
            next_cursor: next.map(str::to_owned),
        };
        assert_eq!(sent(Json(1), "/x"), (200, vec![]));
        assert_eq!(sent(NoContent, "/x"), (204, vec![]));
        assert_eq!(
            sent(Tagged::new(3, 1), "/x"),
            (200, header("etag", "\"3\""))
        );
        assert_eq!(sent(Tagged::with(None, 1), "/x"), (200, vec![]));
        assert_eq!(
            sent(Created(Tagged::new(0, 1)), "/x"),
            (201, header("etag", "\"0\""))
        );
        assert_eq!(sent(Created(Json(1)), "/x"), (201, vec![]));
        assert_eq!(sent(page(None), "/x?limit=2"), (200, vec![]));
        assert_eq!(
            sent(page(Some("b")), "/x?limit=2&cursor=a"),
            (200, header("link", "</x?limit=2&cursor=b>; rel=\"next\""))
        );
    }
}
