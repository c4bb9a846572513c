//! Reads a Rust file and says what it names: paths from `crate`, climbs with `super`, outside crates, `pub use`. Sees plain,
//! grouped and nested imports, paths in code, and the text of macro calls; does not expand macros.

use syn::visit::{self, Visit};

/// What one file names.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Every path, as `crate::store::Store`, `std::fs::read`, `super::super::x`.
    pub(crate) paths: Vec<Mention>,
    /// What it re-exports with `pub use`.
    pub(crate) reexports: Vec<String>,
    /// Whether it awaits or declares anything `async`, outside tests.
    pub(crate) is_async: bool,
}

/// A path where it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) path: String,
    /// How many modules deep inside the file.
    pub(crate) inner_depth: usize,
    /// Inside `#[cfg(test)]`.
    pub(crate) in_test: bool,
}

/// Reads a file's text.
pub(crate) fn read(text: &str) -> syn::Result<Named> {
    let file = syn::parse_file(text)?;
    let mut reader = Reader::default();
    reader.visit_file(&file);
    Ok(reader.named)
}

#[derive(Default)]
struct Reader {
    named: Named,
    inner_depth: usize,
    tests: usize,
}

impl Reader {
    fn mention(&mut self, path: String) {
        let mention = Mention { path, inner_depth: self.inner_depth, in_test: self.tests > 0 };
        self.named.paths.push(mention);
    }

    fn attributed(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let is_test = attributes.iter().any(is_test);
        self.tests += usize::from(is_test);
        visit(self);
        self.tests -= usize::from(is_test);
    }

    /// A macro's arguments are no syntax tree: every `a :: b` in their text counts.
    fn text(&mut self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut index = 0;
        while let Some(first) = words.get(index) {
            let mut path = word(first).to_owned();
            let mut next = index + 1;
            while words.get(next) == Some(&"::")
                && let Some(segment) = words.get(next + 1)
            {
                path.push_str("::");
                path.push_str(word(segment));
                next += 2;
            }
            if next > index + 1 {
                self.mention(path);
            }
            if *first == "await" || *first == "async" {
                self.found_async();
            }
            index = next;
        }
    }

    fn found_async(&mut self) {
        self.named.is_async |= self.tests == 0;
    }
}

/// The identifier in a token: `crate` of `$crate` or `(crate`.
fn word(token: &str) -> &str {
    token.trim_matches(|c: char| !(c.is_alphanumeric() || c == '_'))
}

fn is_test(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    let is_cfg_test =
        path.is_ident("cfg") && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test");
    is_cfg_test || path.is_ident("test")
}

/// Every path that an import brings in, written out.
fn leaves(tree: &syn::UseTree, before: &str, found: &mut Vec<String>) {
    let join = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    match tree {
        syn::UseTree::Path(path) => leaves(&path.tree, &join(&path.ident.to_string()), found),
        syn::UseTree::Name(name) => found.push(join(&name.ident.to_string())),
        syn::UseTree::Rename(rename) => found.push(join(&rename.ident.to_string())),
        syn::UseTree::Glob(_) => found.push(join("*")),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.attributed(&module.attrs, |reader| {
            let is_inline = usize::from(module.content.is_some());
            reader.inner_depth += is_inline;
            visit::visit_item_mod(reader, module);
            reader.inner_depth -= is_inline;
        });
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.attributed(&function.attrs, |reader| visit::visit_item_fn(reader, function));
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        self.attributed(&block.attrs, |reader| visit::visit_item_impl(reader, block));
    }

    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        self.attributed(&import.attrs, |reader| {
            let mut found = Vec::new();
            leaves(&import.tree, "", &mut found);
            if !matches!(import.vis, syn::Visibility::Inherited) {
                reader.named.reexports.extend(found.iter().cloned());
            }
            for path in found {
                reader.mention(path);
            }
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.mention(segments.join("::"));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.text(&call.tokens.to_string());
        visit::visit_macro(self, call);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if signature.asyncness.is_some() {
            self.found_async();
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.found_async();
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.found_async();
        visit::visit_expr_await(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        read(text).unwrap().paths.into_iter().map(|mention| mention.path).collect()
    }

    #[test]
    fn plain_grouped_nested_renamed_and_starred_imports_are_seen() {
        let found =
            paths("use crate::{a::A, b::{c, d as e}, f::*};\nuse crate::g;\npub(crate) use std::{fs, net::TcpStream};");
        for path in
            ["crate::a::A", "crate::b::c", "crate::b::d", "crate::f::*", "crate::g", "std::fs", "std::net::TcpStream"]
        {
            assert!(found.iter().any(|seen| seen == path), "{path} in {found:?}");
        }
    }

    #[test]
    fn paths_in_types_code_patterns_macros_and_attributes_are_seen() {
        let text = "fn f(x: crate::a::A) -> Vec<crate::b::B> { match x { crate::c::C { .. } => g!(1, crate::d::d(2)), _ => crate::e::e() } }\n\
                    macro_rules! m { () => { $crate::h::h() } }";
        let found = paths(text);
        for path in ["crate::a::A", "crate::b::B", "crate::c::C", "crate::d::d", "crate::e::e", "crate::h::h"] {
            assert!(found.iter().any(|seen| seen == path), "{path} in {found:?}");
        }
    }

    #[test]
    fn what_stands_in_tests_and_in_inner_modules_is_marked() {
        let named = read("mod inner { use super::super::x; }\n#[cfg(test)]\nmod tests { use std::fs; }").unwrap();
        let of = |path: &str| named.paths.iter().find(|mention| mention.path == path).unwrap().clone();
        assert_eq!((of("super::super::x").inner_depth, of("super::super::x").in_test), (1, false));
        assert!(of("std::fs").in_test);
    }

    #[test]
    fn waiting_is_seen_but_not_in_tests() {
        assert!(read("async fn f() {}").unwrap().is_async);
        assert!(read("fn f() { spawn(async { 1 }) }").unwrap().is_async);
        assert!(read("fn f() { join!(x.await) }").unwrap().is_async);
        assert!(!read("#[cfg(test)]\nmod tests { async fn f() {} }").unwrap().is_async);
    }
}
