//! The answers of `tournee explain` for people.

use super::explain::{Said, Town};
use super::figures::entry;
use super::{output, week, words};
use crate::domain::Scenario;
use crate::explain::{Answer, Case, Entry, Figures, Price, Reasons, Survey, Verdict, VisitChange};
use crate::i18n::Lang;
use crate::plan::Plan;
use crate::publish::lookup::Lookup;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Territories and sites named in one line.
const NAMED: usize = 6;
/// A smaller change is not shown by itself.
const SHOWN: f64 = 0.005;

struct Page<'a> {
    scenario: &'a Scenario,
    lookup: Lookup<'a>,
    plan: &'a Plan,
    lang: Lang,
}

/// The whole answer.
pub(super) fn human(scenario: &Scenario, plan: &Plan, said: &Said, lang: Lang) -> String {
    let page = Page { scenario, lookup: Lookup::new(scenario), plan, lang };
    let mut out = week::heading(scenario, lang);
    match said {
        Said::Town(town) => page.town(town, &mut out),
        Said::All(survey) => page.all(survey, &mut out),
    }
    out
}

impl Page<'_> {
    fn two(&self, x: f64) -> String {
        self.lang.number(x, 2)
    }

    /// With its sign, always.
    fn signed(&self, x: f64) -> String {
        let sign = if x < -0.005 { '−' } else { '+' };
        format!("{sign}\u{a0}{}", self.two(x.abs()))
    }

    fn figures(&self, f: Figures) -> String {
        match self.lang {
            Lang::Fr => format!("{} (borne {})", self.two(f.score), self.lang.at_most(f.upper_bound, 2)),
            Lang::En => format!("{} (bound {})", self.two(f.score), self.lang.at_most(f.upper_bound, 2)),
        }
    }

    /// What lies between two figures.
    fn range(&self, low: f64, high: f64) -> String {
        let (low, high) = (self.lang.at_least(low, 2), self.lang.at_most(high, 2));
        match self.lang {
            _ if low == high => low,
            Lang::Fr => format!("{low} à {high}"),
            Lang::En => format!("{low} to {high}"),
        }
    }

    fn line(&self, fr: &'static str, en: &'static str, text: &str) -> String {
        entry(self.lang.pick(fr, en), text)
    }

    fn town(&self, town: &Town, out: &mut String) {
        let (lang, commune) = (self.lang, &self.scenario.communes[town.commune.index()]);
        let _ = writeln!(out, "\n{}", output::bold(&format!("{} ({})", commune.name, commune.code)));
        if !commune.in_scope {
            let text = lang.pick(
                "hors du périmètre du scénario : on n'y invite personne [C-scope]",
                "out of the scenario's scope: nobody is invited there [C-scope]",
            );
            *out += &self.line("Périmètre", "Scope", text);
        }
        let due: Vec<String> = town
            .due
            .iter()
            .map(|(s, n)| format!("{} {}", self.lookup.service_name(s, lang), lang.number(f64::from(*n), 0)))
            .collect();
        *out += &self.line("Concernées", "Due", &due.join(" ; "));
        for visit in &town.served {
            let (date, people) = (words::day(lang, visit.date), lang.number(f64::from(visit.invited), 0));
            let text = match (visit.inside, lang) {
                (true, Lang::Fr) => format!("visitée le {date} ({}), {people} invitations", visit.visit),
                (true, Lang::En) => format!("visited on {date} ({}), {people} invitations", visit.visit),
                (false, Lang::Fr) => format!("à portée de la visite du {date} ({}), {people} invitations", visit.visit),
                (false, Lang::En) => {
                    format!("within reach of the visit on {date} ({}), {people} invitations", visit.visit)
                }
            };
            let (fr, en) = if visit.invited > 0 { ("Déjà servie", "Served") } else { ("Alentour", "Nearby") };
            *out += &self.line(fr, en, &text);
        }
        if town.own.is_empty() {
            let none = lang.pick("la commune n'a pas d'emplacement", "the commune has no site");
            let text = match (town.cases.first(), town.served.is_empty(), lang) {
                (Some(case), _, Lang::Fr) => format!("{none} ; ceux d'où on peut l'inviter : {}", named(&case.sites)),
                (Some(case), _, Lang::En) => {
                    format!("{none}; those from which it can be invited: {}", named(&case.sites))
                }
                (None, false, _) => none.to_owned(),
                (None, true, Lang::Fr) => format!("{none}, et aucun n'est à portée [C-reach]"),
                (None, true, Lang::En) => format!("{none}, and none is within reach [C-reach]"),
            };
            *out += &self.line("Emplacements", "Sites", &text);
        }
        for case in &town.cases {
            self.case(case, out);
        }
    }

    fn case(&self, case: &Case, out: &mut String) {
        let lang = self.lang;
        let _ = writeln!(out, "\n{}", output::bold(&format!("{} → {}", case.vehicle_kind, named(&case.sites))));
        match &case.answer {
            Answer::InThePlan => {
                let text = lang.pick("une telle visite est dans le plan", "such a visit is in the plan");
                *out += &self.line("Réponse", "Answer", text);
            }
            Answer::Forbidden => {
                let text = lang.pick(
                    "interdit : aucun plan ne peut avoir cette visite, c'est prouvé",
                    "forbidden: no plan can have this visit, it is proved",
                );
                *out += &self.line("Réponse", "Answer", text);
                self.reasons(&case.reasons, out);
            }
            Answer::Priced(price) => {
                self.price(price, out);
                self.reasons(&case.reasons, out);
            }
        }
        self.menu(case, out);
    }

    fn reasons(&self, all: &[Reasons], out: &mut String) {
        let lang = self.lang;
        for one in all.iter().take(NAMED) {
            for rule in &one.rules {
                let days = lang.count(rule.days, ["jour", "jours"], ["day", "days"]);
                let days = format!("{days} {} {}", lang.pick("sur", "of"), one.days);
                let place = if all.len() > 1 { format!("{}, {} : ", one.vehicle, one.site) } else { String::new() };
                let text = format!("{place}{} [{}, {days}]", rule.message.get(lang), rule.code);
                *out += &self.line("Règle", "Rule", &text);
            }
        }
    }

    fn price(&self, price: &Price, out: &mut String) {
        let lang = self.lang;
        let (low, high) = (self.lang.at_least(price.loss_at_least, 2), self.lang.at_most(price.loss_at_most, 2));
        let text = match (price.as_good, lang) {
            (true, Lang::Fr) => {
                format!("possible, et un plan avec cette visite vaut autant, à l'écart près (perte de {high} au plus)")
            }
            (true, Lang::En) => {
                format!("possible, and a plan with this visit is as good, up to the gap (a loss of {high} at most)")
            }
            (false, Lang::Fr) => {
                format!("possible, mais le meilleur plan y perdrait de {low} à {high} contacts pondérés")
            }
            (false, Lang::En) => {
                format!("possible, but the best plan would lose {low} to {high} weighted contacts by it")
            }
        };
        *out += &self.line("Réponse", "Answer", &text);
        let (plan, without, with) =
            (self.two(price.plan.score), self.figures(price.without), self.figures(price.with_it));
        let text = match lang {
            Lang::Fr => format!("ce plan {plan} ; refait sans l'imposer {without} ; refait en l'imposant {with}"),
            Lang::En => format!("this plan {plan}; made again without it {without}; made again with it {with}"),
        };
        *out += &self.line("Calculs", "Solves", &text);
        if price.plan_is_beaten {
            let text = lang.pick(
                "ce plan n'est pas le meilleur : sans rien imposer, un nouveau calcul fait mieux ; refaites-le",
                "this plan is not the best: solved again, with nothing forced in, another does better; make it anew",
            );
            *out += &self.line("Attention", "Warning", text);
        }
        let balance = &price.balance;
        let there: Vec<String> = balance
            .there
            .iter()
            .map(|g| {
                let name = self.lookup.service_name(&g.service, lang);
                let (expected, additional) = (lang.number(g.expected, 1), lang.number(g.expected_additional, 1));
                let known = self.scenario.knows_additional(&g.service);
                match lang {
                    Lang::Fr if !known => format!("{name} : {expected} attendues, pour {} rendez-vous", g.appointments),
                    Lang::En if !known => format!("{name}: {expected} expected, for {} appointments", g.appointments),
                    Lang::Fr => format!(
                        "{name} : {expected} attendues, dont {additional} en plus, pour {} rendez-vous",
                        g.appointments
                    ),
                    Lang::En => format!(
                        "{name}: {expected} expected, {additional} of them additional, for {} appointments",
                        g.appointments
                    ),
                }
            })
            .collect();
        *out += &self.line("Sur place", "There", &there.join(" ; "));
        let visits = |list: &[VisitChange]| {
            let one = |v: &VisitChange| {
                let day = words::short_day(lang, v.date);
                let when = match v.before {
                    // On the same day, by another vehicle.
                    Some(before) if before == v.date => format!("{day}, {}", v.vehicle),
                    Some(before) => format!("{} → {day}", words::short_day(lang, before)),
                    None => day,
                };
                format!("{} ({when})", self.lookup.commune_name(&v.commune))
            };
            list.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        for (fr, en, list) in [
            ("Ajoutées", "Added", &balance.appeared),
            ("Retirées", "Dropped", &balance.vanished),
            ("Déplacées", "Moved", &balance.moved),
        ] {
            if !list.is_empty() {
                *out += &self.line(fr, en, &visits(list));
            }
        }
        self.territories(price, out);
    }

    /// Gains and losses by territory, which with the prices add up to the difference of the scores.
    fn territories(&self, price: &Price, out: &mut String) {
        let (lang, balance) = (self.lang, &price.balance);
        let several = balance.territories.iter().map(|t| &t.service).collect::<BTreeSet<_>>().len() > 1;
        let one = |t: &crate::explain::TerritoryChange| {
            let service =
                if several { format!(", {}", self.lookup.service_name(&t.service, lang)) } else { String::new() };
            format!("{} {}{service}", self.signed(t.score), t.name)
        };
        let (gains, losses): (Vec<_>, Vec<_>) = balance.territories.iter().partition(|t| t.score >= 0.0);
        let list = |all: &[&crate::explain::TerritoryChange]| {
            let large: Vec<_> = all.iter().filter(|t| t.score.abs() >= SHOWN).take(NAMED).collect();
            let sum = |all: &mut dyn Iterator<Item = f64>| all.sum::<f64>();
            let rest = sum(&mut all.iter().map(|t| t.score)) - sum(&mut large.iter().map(|t| t.score));
            let mut texts: Vec<String> = large.into_iter().map(|t| one(t)).collect();
            if rest.abs() >= SHOWN {
                texts.push(format!("{} {}", self.signed(rest), lang.pick("ailleurs", "elsewhere")));
            }
            if texts.is_empty() { "–".to_owned() } else { texts.join(" ; ") }
        };
        let worst_first: Vec<_> = losses.into_iter().rev().collect();
        *out += &self.line("Gains", "Gains", &list(&gains));
        *out += &self.line("Pertes", "Losses", &list(&worst_first));
        let (driving, nights, weekdays) =
            (self.signed(-balance.driving), self.signed(-balance.nights), self.signed(balance.weekdays));
        let mut text = match lang {
            Lang::Fr => format!(
                "{} par rapport à ce plan ; route {driving}, nuits {nights}, jours de marché {weekdays}",
                self.signed(balance.score)
            ),
            Lang::En => format!(
                "{} against this plan; driving {driving}, nights {nights}, market days {weekdays}",
                self.signed(balance.score)
            ),
        };
        if balance.promise.abs() >= SHOWN {
            let promise = self.signed(-balance.promise);
            text += &format!("{} {promise}", lang.pick(", promesse", ", promise"));
        }
        *out += &self.line("Bilan", "Balance", &text);
    }

    fn menu(&self, case: &Case, out: &mut String) {
        if case.menu.is_empty() {
            return;
        }
        let lang = self.lang;
        let title =
            lang.pick("Ce qui l'y mettrait, du moins cher au plus cher :", "What would let it in, from cheap to dear:");
        let _ = writeln!(out, "  {title}");
        for entry in &case.menu {
            let _ = writeln!(out, "{}", output::wrap(&self.change(entry), output::width(), 6));
        }
        let text = match (case.cheapest.map(|k| &case.menu[k]), lang) {
            (Some(entry), Lang::Fr) => format!("le moins cher : {}", entry.message.fr),
            (Some(entry), Lang::En) => format!("the cheapest: {}", entry.message.en),
            (None, _) => self.nearest(case),
        };
        let _ = writeln!(out, "{}", output::wrap(&format!("\u{a0}\u{a0}→ {text}"), output::width(), 4));
    }

    /// Where no change does: the one after which the visit costs least, as far as the solves went.
    fn nearest(&self, case: &Case) -> String {
        let lack = |e: &Entry| {
            let (without, with) = (e.with_change?, e.with_change_and_visit?);
            Some((
                without.score - with.upper_bound,
                without.upper_bound - with.score,
                e.message.get(self.lang).to_owned(),
            ))
        };
        let told = || case.menu.iter().filter(|e| e.verdict == Verdict::NotEnough).filter_map(lack);
        let none = self.lang.pick("rien de cela n'y suffit", "none of these does");
        let Some((low, high, change)) = told().min_by(|a, b| a.0.total_cmp(&b.0)) else { return none.to_owned() };
        let range = self.range(low.max(0.0), high);
        let certain = told().filter(|other| other.0 < high).count() == 1;
        match (certain, self.lang) {
            (true, Lang::Fr) => format!("{none} ; au plus près, « {change} » : il y manque encore {range}"),
            (false, Lang::Fr) => format!("{none} ; peut-être au plus près, « {change} » : il y manque encore {range}"),
            (true, Lang::En) => format!("{none}; the nearest, \"{change}\", still lacks {range}"),
            (false, Lang::En) => format!("{none}; perhaps the nearest, \"{change}\", still lacks {range}"),
        }
    }

    fn change(&self, entry: &Entry) -> String {
        let lang = self.lang;
        let mark = if entry.verdict == Verdict::LetsIn { '✓' } else { '✗' };
        let said = match entry.verdict {
            Verdict::LetsIn => lang.pick("suffit", "does"),
            Verdict::NotEnough => lang.pick("ne suffit pas", "is not enough"),
            Verdict::Open => lang.pick("reste ouvert : plus de temps le dirait", "is open: more time would tell"),
            Verdict::StillForbidden => lang.pick("reste interdit", "is still forbidden"),
            Verdict::NothingToChange => lang.pick("rien à changer", "nothing to change"),
        };
        let best = |f: Figures| self.range(f.score, f.upper_bound);
        let scores = match (entry.with_change.map(best), entry.with_change_and_visit.map(best), lang) {
            (Some(without), Some(with), Lang::Fr) => format!(" (sans la visite {without}, avec elle {with})"),
            (Some(without), Some(with), Lang::En) => format!(" (without the visit {without}, with it {with})"),
            _ => String::new(),
        };
        format!("    {mark} {} : {said}{scores}", entry.message.get(lang)).replacen(
            "    ",
            "\u{a0}\u{a0}\u{a0}\u{a0}",
            1,
        )
    }

    fn all(&self, survey: &Survey, out: &mut String) {
        let lang = self.lang;
        out.push('\n');
        *out += &self.line("Ce plan", "This plan", &self.figures(Figures::of(self.plan)));
        for (kind, figures) in &survey.without {
            *out += &self.line("Refait", "Made again", &format!("{kind} : {}", self.figures(*figures)));
        }
        let _ = writeln!(out, "\n{}", output::bold(lang.pick("Interdits", "Forbidden")));
        for group in &survey.forbidden {
            let text =
                format!("{} · {} · {} : {}", group.vehicle_kind, group.rules, group.sites.len(), named(&group.sites));
            let _ = writeln!(out, "{}", output::wrap(&text, output::width(), 4));
        }
        let _ = writeln!(
            out,
            "\n{}",
            output::bold(lang.pick(
                "Possibles : les meilleurs, refaits en les imposant",
                "Possible: the best, made again with them forced in",
            ))
        );
        for line in survey.priced.iter().filter(|l| l.solved) {
            let name = self.lookup.commune_name(&line.commune);
            let with = line.with_it.map_or_else(
                || lang.pick("aucun plan ne peut l'avoir", "no plan can have it").to_owned(),
                |f| self.figures(f),
            );
            let _ = writeln!(
                out,
                "{}",
                output::wrap(&format!("{} · {name} ({}) : {with}", line.vehicle_kind, line.site), output::width(), 4)
            );
        }
        let rest = survey.priced.iter().filter(|l| !l.solved).count();
        let text = match lang {
            Lang::Fr => format!("{rest} autres possibles, non refaits : --format json ou csv les donne"),
            Lang::En => format!("{rest} others are possible and were not made again: --format json or csv has them"),
        };
        let _ = writeln!(out, "{text}");
    }
}

/// The first few of some names.
fn named(list: &[String]) -> String {
    let mut text = list.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if list.len() > NAMED {
        text += " …";
    }
    text
}
