//! Hooks and subscribers of an application may use the session of the request: a test calls each method from
//! one, and this looks whether it does.

use std::fs;
use std::path::Path;

use syn::visit::{Visit, visit_item_impl};
use syn::{ImplItem, ItemImpl, Type, Visibility};

use crate::reading::sources;

/// The names of the public methods of `Session`.
#[derive(Default)]
struct Methods(Vec<String>);

impl<'ast> Visit<'ast> for Methods {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let is_session =
            matches!(&*item.self_ty, Type::Path(path) if path.path.is_ident("Session"));
        for method in item.items.iter().filter(|_| is_session) {
            if let ImplItem::Fn(method) = method
                && matches!(method.vis, Visibility::Public(_))
            {
                self.0.push(method.sig.ident.to_string());
            }
        }
        visit_item_impl(self, item);
    }
}

#[test]
fn the_hook_that_calls_every_method_forgets_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut methods = Methods::default();
    for file in sources(&root.join("src")) {
        methods.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
    }
    assert!(methods.0.len() >= 44, "{:?}", methods.0);
    let test = fs::read_to_string(root.join("tests/core/reports/events.rs")).unwrap();
    let hook = test.split("fn everything(").nth(1).unwrap();
    let hook = hook.split("\n}\n").next().unwrap();
    let is_called = |name: &String| {
        [".{}(", ".{}::<"]
            .iter()
            .any(|call| hook.contains(&call.replace("{}", name)))
    };
    let forgotten: Vec<_> = methods.0.iter().filter(|name| !is_called(name)).collect();
    assert!(
        forgotten.is_empty(),
        "`everything` does not call {forgotten:?}"
    );
}
