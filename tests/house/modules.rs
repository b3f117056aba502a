//! The modules of every crate in this repository: their files, their imports and their types.
//!
//! Follows `mod` from each crate's root, as the compiler does. Leaves out what is compiled for unit tests
//! only, and what stands inside of calls of macros.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Ident, Item, ItemMod, ItemUse, Lit, UseTree, Visibility};

type Names = Vec<String>;

/// A crate's modules by path; the root's is empty.
#[derive(Default)]
pub(crate) struct Modules(BTreeMap<Names, Module>);

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// What each imported name stands for, and whether the module imports it for itself.
    names: BTreeMap<String, (Names, bool)>,
    /// Modules of which every name is imported.
    globs: Vec<Names>,
    /// Paths in the code.
    paths: BTreeSet<Names>,
    items: Vec<String>,
    types: Vec<String>,
}

impl Modules {
    /// Reads a crate from its root's file.
    pub(crate) fn of(root: &Path) -> Modules {
        let mut modules = Modules::default();
        modules.read(root, Vec::new(), true);
        modules
    }

    /// Reads a crate that consists of this text.
    #[cfg(test)]
    pub(crate) fn parse(text: &str) -> Modules {
        let mut modules = Modules::default();
        modules.add(Path::new("root.rs"), Vec::new(), true, text);
        modules
    }

    fn read(&mut self, file: &Path, path: Names, is_root: bool) {
        let text = fs::read_to_string(file).unwrap();
        let is_folder = is_root || file.ends_with("mod.rs");
        self.add(file, path, is_folder, &text);
    }

    fn add(&mut self, file: &Path, path: Names, is_folder: bool, text: &str) {
        let code = syn::parse_file(text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let mut reader = Reader {
            modules: self,
            file,
            is_folder,
            path,
        };
        reader.enter();
        code.items.iter().for_each(|item| reader.visit_item(item));
    }

    /// Returns every pair of files of which one imports from the other.
    pub(crate) fn imports(&self) -> BTreeSet<(&Path, &Path)> {
        let mut found = BTreeSet::new();
        for (path, module) in &self.0 {
            let own = module.names.values().filter(|(_, is_own)| *is_own);
            let own = own.map(|(names, _)| names);
            for names in own.chain(&module.globs).chain(&module.paths) {
                let to = self.file(path, names, 0);
                found.extend(to.map(|to| (module.file.as_path(), to)));
            }
        }
        found.retain(|(from, to)| from != to);
        found
    }

    /// Returns the names of all types, as often as they are declared, with their files.
    pub(crate) fn types(&self) -> impl Iterator<Item = (&str, &Path)> {
        let modules = self.0.values();
        modules.flat_map(|module| {
            module
                .types
                .iter()
                .map(|name| (name.as_str(), module.file.as_path()))
        })
    }

    /// Returns the file that declares what `names` stand for in module `from`, past all re-exports. `None`
    /// for another crate's, and for a name that needs no import.
    fn file(&self, from: &[String], names: &[String], depth: usize) -> Option<&Path> {
        if depth > 20 {
            return None;
        }
        let mut at = from.to_vec();
        let mut names = names.to_vec();
        let first = names.first()?.clone();
        let is_relative = ["crate", "self", "super"].contains(&first.as_str());
        if first == "crate" {
            at.clear();
        }
        while names
            .first()
            .is_some_and(|name| ["crate", "self", "super"].contains(&name.as_str()))
        {
            if names.remove(0) == "super" {
                at.pop();
            }
        }
        if !is_relative && !self.knows(&at, &first) {
            return None;
        }
        while let Some(name) = names.first().cloned() {
            let child = [at.as_slice(), std::slice::from_ref(&name)].concat();
            let module = self.0.get(&at)?;
            if self.0.contains_key(&child) {
                at = child;
            } else if module.items.contains(&name) {
                break;
            } else if let Some((target, _)) = module.names.get(&name) {
                let whole = [target.as_slice(), &names[1..]].concat();
                return self.file(&at, &whole, depth + 1);
            } else {
                let through = |glob: &Names| {
                    let whole = [glob.as_slice(), names.as_slice()].concat();
                    let file = self.file(&at, glob, depth + 1)?;
                    (file != module.file).then(|| self.file(&at, &whole, depth + 1))?
                };
                return module.globs.iter().find_map(through).or(Some(&module.file));
            }
            names.remove(0);
        }
        self.0.get(&at).map(|module| module.file.as_path())
    }

    /// Returns whether a path may begin with this name here.
    fn knows(&self, at: &[String], name: &str) -> bool {
        let child = [at, &[name.to_owned()]].concat();
        let module = self.0.get(at);
        self.0.contains_key(&child) || module.is_some_and(|module| module.names.contains_key(name))
    }
}

struct Reader<'m> {
    modules: &'m mut Modules,
    file: &'m Path,
    /// Whether the files of modules lie beside this one, and not in a folder that has its name.
    is_folder: bool,
    path: Names,
}

impl Reader<'_> {
    fn module(&mut self) -> &mut Module {
        self.modules.0.entry(self.path.clone()).or_default()
    }

    fn enter(&mut self) {
        let file = self.file.to_owned();
        self.module().file = file;
    }

    /// Returns the file of a module that is declared here.
    fn file_of(&self, declared: &ItemMod) -> PathBuf {
        let beside = self.file.parent().unwrap();
        if let Some(path) = declared.attrs.iter().find_map(path_of) {
            return beside.join(path);
        }
        let folder = match self.is_folder {
            true => beside.to_owned(),
            false => self.file.with_extension(""),
        };
        let name = declared.ident.to_string();
        let flat = folder.join(format!("{name}.rs"));
        match flat.exists() {
            true => flat,
            false => folder.join(name).join("mod.rs"),
        }
    }

    fn import(&mut self, mut before: Names, tree: &UseTree, is_own: bool) {
        let mut bind = |name: &Ident, as_name: &Ident| {
            // `use a::{self}` is `use a`.
            if name != "self" {
                before.push(name.to_string());
            }
            let name = match as_name == "self" {
                true => before.last().cloned().unwrap_or_default(),
                false => as_name.to_string(),
            };
            let target = std::mem::take(&mut before);
            self.module().names.insert(name, (target, is_own));
        };
        match tree {
            UseTree::Name(name) => bind(&name.ident, &name.ident),
            UseTree::Rename(name) => bind(&name.ident, &name.rename),
            UseTree::Glob(_) => self.module().globs.push(before),
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(before, &path.tree, is_own);
            }
            UseTree::Group(group) => {
                let trees = group.items.iter();
                trees.for_each(|tree| self.import(before.clone(), tree, is_own));
            }
        }
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        let (name, is_type) = match item {
            Item::Struct(item) => (Some(&item.ident), true),
            Item::Enum(item) => (Some(&item.ident), true),
            Item::Trait(item) => (Some(&item.ident), true),
            Item::Type(item) => (Some(&item.ident), true),
            Item::Fn(item) => (Some(&item.sig.ident), false),
            Item::Const(item) => (Some(&item.ident), false),
            Item::Static(item) => (Some(&item.ident), false),
            _ => (None, false),
        };
        if let Some(name) = name.map(Ident::to_string) {
            self.module().items.push(name.clone());
            self.module().types.extend(is_type.then_some(name));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, declared: &ItemMod) {
        if declared.attrs.iter().any(is_for_tests) {
            return;
        }
        self.path.push(declared.ident.to_string());
        if let Some((_, items)) = &declared.content {
            self.enter();
            items.iter().for_each(|item| self.visit_item(item));
        } else {
            let (file, path) = (self.file_of(declared), self.path.clone());
            self.modules.read(&file, path, false);
        }
        self.path.pop();
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_own = matches!(item.vis, Visibility::Inherited);
        self.import(Vec::new(), &item.tree, is_own);
    }

    // `pub(crate)` imports nothing.
    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_path(&mut self, path: &syn::Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let names: Names = names.collect();
        self.module().paths.insert(names);
        visit::visit_path(self, path);
    }
}

/// Returns whether this is `#[cfg(test)]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    let condition = attribute
        .path()
        .is_ident("cfg")
        .then(|| attribute.parse_args::<Ident>());
    condition.is_some_and(|name| name.is_ok_and(|name| name == "test"))
}

/// Returns the path in `#[path = ".."]`.
fn path_of(attribute: &Attribute) -> Option<String> {
    let named = attribute.meta.require_name_value().ok()?;
    match &named.value {
        Expr::Lit(value) if named.path.is_ident("path") => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
