//! Body, path and query. The framework's own extractors echo what was sent in their errors, and what
//! is sent here is somebody's life.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use super::header::once;
use super::limit::most_bytes;
use super::refuse::{as_malformed, date_fault, read_json, text_fault, validated};
use crate::db::Db;
use crate::error::{Code, Error, Result};
use practice::edge;

/// A JSON body, read strictly and validated.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, &mime::APPLICATION_JSON, most_bytes::<T>());
        let today = today(request);
        Box::pin(async move {
            let bytes = bytes.await?;
            read_json(&bytes, today).map(Self)
        })
    }
}

/// A form-encoded body as its pairs of names and values, for OAuth 2 alone (RFC 6749). `T` describes it, and with it
/// how long it may be.
pub struct Form<T>(pub Vec<(String, Zeroizing<String>)>, PhantomData<T>);

impl<T: ToSchema + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(
            request,
            payload,
            &mime::APPLICATION_WWW_FORM_URLENCODED,
            most_bytes::<T>(),
        );
        Box::pin(async move {
            let bytes = bytes.await?;
            let pairs = form_urlencoded::parse(&bytes)
                .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())));
            Ok(Self(pairs.collect(), PhantomData))
        })
    }
}

/// The day on which a request is read, where the MARACs are.
fn today(request: &HttpRequest) -> Option<chrono::NaiveDate> {
    let db = request.app_data::<actix_web::web::Data<Db>>()?;
    Some(practice::dates::london_day(db.clock().now()))
}

/// The body's bytes, if it is of this type and within the limit.
fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    wanted: &'static mime::Mime,
    most: usize,
) -> LocalBoxFuture<'static, Result<Zeroizing<Vec<u8>>>> {
    let header = once(request, "Content-Type");
    let fits = header.map(|value| {
        value
            .and_then(|value| value.to_str().ok()?.parse::<mime::Mime>().ok())
            .is_some_and(|mime| mime.essence_str() == wanted.essence_str())
    });
    let mut payload = payload.take();
    Box::pin(async move {
        if !fits? {
            return Err(Code::UnsupportedMediaType.into());
        }
        let mut bytes = Zeroizing::new(Vec::new());
        while let Some(chunk) = payload.next().await {
            let chunk =
                chunk.map_err(|_| Error::malformed("", "unreadable", "The body broke off."))?;
            if bytes.len() + chunk.len() > most {
                return Err(Code::TooLarge.into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    })
}

/// Path parameters. One that is malformed answers like one that does not exist.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = actix_router::PathDeserializer::new(request.match_info());
        ready(
            edge::from_a_caller(today(request), || T::deserialize(path))
                .map(Self)
                .map_err(|_| Code::NotFound.into()),
        )
    }
}

/// Query parameters, read strictly and validated.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let pairs = serde_urlencoded::Deserializer::new(pairs);
        let read = edge::from_a_caller(today(request), || {
            serde_path_to_error::deserialize::<_, T>(pairs)
        });
        ready(
            read.map_err(|error| {
                if let Some(mut field) = text_fault(&error).or_else(|| date_fault(&error)) {
                    field.pointer = error.path().to_string();
                    return as_malformed(Error::invalid(vec![field]));
                }
                let name = error.path().to_string();
                let name = if name == "." || error.inner().to_string().starts_with("unknown field")
                {
                    String::new()
                } else {
                    name
                };
                Error::malformed(
                    name,
                    "query",
                    "A query parameter is unknown or has the wrong form.",
                )
            })
            .and_then(|value| validated(value).map_err(as_malformed))
            .map(Self),
        )
    }
}
