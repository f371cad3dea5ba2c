//! A row of a statement.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, GenericArgument, PathArguments, Result, Type};

/// `QueryableByName` for a struct, and the list of its columns for the test that prepares every statement.
pub fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &item.data else {
        return Err(Error::new_spanned(item, "a row is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(item, "the columns of a row have names"));
    };
    let name = &item.ident;
    let (generics, types, bounds) = item.generics.split_for_impl();
    let mut build = TokenStream::new();
    let mut columns = TokenStream::new();
    for field in &fields.named {
        let (Some(ident), ty) = (&field.ident, &field.ty) else {
            continue;
        };
        if is_embedded(field)? {
            build.extend(
                quote! { #ident: <#ty as ::diesel::QueryableByName<::diesel::pg::Pg>>::build(row)?, },
            );
            columns.extend(quote! { <#ty as ::kernel::sql::Row>::columns(out); });
            continue;
        }
        let column = ident.to_string();
        let sql = sql_type(ty);
        build.extend(quote! { #ident: ::diesel::row::NamedRow::get::<#sql, #ty>(row, #column)?, });
        columns.extend(quote! { out.push(::kernel::sql::Column::of::<#sql>(#column)); });
    }
    Ok(quote! {
        impl #generics ::diesel::QueryableByName<::diesel::pg::Pg> for #name #types #bounds {
            fn build<'row>(
                row: &impl ::diesel::row::NamedRow<'row, ::diesel::pg::Pg>,
            ) -> ::diesel::deserialize::Result<Self> {
                ::core::result::Result::Ok(Self { #build })
            }
        }

        impl #generics ::kernel::sql::Row for #name #types #bounds {
            fn columns(out: &mut ::std::vec::Vec<::kernel::sql::Column>) {
                #columns
            }
        }
    })
}

/// Whether the field is a row itself, whose columns stand among those of this row.
fn is_embedded(field: &syn::Field) -> Result<bool> {
    let mut embedded = false;
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("row")) {
        attribute.parse_nested_meta(|meta| {
            embedded = meta.path.is_ident("embed");
            if embedded {
                Ok(())
            } else {
                Err(meta.error("a field of a row may be `embed`"))
            }
        })?;
    }
    Ok(embedded)
}

/// The SQL type of a column of this Rust type. What has no type of its own in SQL is a word of a vocabulary, and text.
fn sql_type(ty: &Type) -> TokenStream {
    let Type::Path(path) = ty else {
        return quote! { ::diesel::sql_types::Text };
    };
    let Some(last) = path.path.segments.last() else {
        return quote! { ::diesel::sql_types::Text };
    };
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(of) => of.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    };
    let simple = |name: &str| {
        let name = syn::Ident::new(name, last.ident.span());
        quote! { ::diesel::sql_types::#name }
    };
    match (last.ident.to_string().as_str(), inner) {
        ("Option", Some(inner)) => {
            let inner = sql_type(inner);
            quote! { ::diesel::sql_types::Nullable<#inner> }
        }
        ("Vec", Some(Type::Path(byte))) if byte.path.is_ident("u8") => simple("Binary"),
        ("Vec", Some(inner)) => {
            let inner = sql_type(inner);
            quote! { ::diesel::sql_types::Array<#inner> }
        }
        ("Uuid", _) => simple("Uuid"),
        ("bool", _) => simple("Bool"),
        ("i16", _) => simple("SmallInt"),
        ("i32", _) => simple("Integer"),
        ("i64", _) => simple("BigInt"),
        ("f64", _) => simple("Double"),
        ("NaiveDate", _) => simple("Date"),
        ("DateTime", _) => simple("Timestamptz"),
        ("Value", _) => simple("Jsonb"),
        _ => simple("Text"),
    }
}
