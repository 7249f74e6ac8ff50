//! Who writes: names, places, and the small words around a message.

use super::scenarios::Language;

/// First names, surnames, cities and streets of one language.
pub struct People {
    /// First names.
    pub first: &'static [&'static str],
    /// Surnames.
    pub last: &'static [&'static str],
    /// Where they live.
    pub cities: &'static [&'static str],
    /// What a message may begin with; empty for none.
    pub openers: &'static [&'static str],
    /// What a message may end with; empty for none.
    pub closers: &'static [&'static str],
    /// The first line of an answer to a ticket; empty for none.
    pub greetings: &'static [&'static str],
    /// The last lines of an answer to a ticket; empty for none.
    pub farewells: &'static [&'static str],
}

/// The people who write in this language.
pub fn people(language: Language) -> &'static People {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
    }
}

static ENGLISH: People = People {
    first: &[
        "Alison", "Ben", "Carys", "Dev", "Eilidh", "Femi", "Grace", "Hamish", "Imogen", "Joel", "Keira", "Lowri", "Marcus", "Niamh",
        "Owen", "Pippa", "Rashida", "Sam", "Tessa", "Umar", "Wilf", "Yasmin", "Zoe",
    ],
    last: &[
        "Ainsworth",
        "Baird",
        "Chowdhury",
        "Donnelly",
        "Ekwueme",
        "Fairbairn",
        "Griffiths",
        "Hartley",
        "Iqbal",
        "Jarrold",
        "Kerr",
        "Lomax",
        "Mbeki",
        "Nesbitt",
        "Okafor",
        "Pritchard",
        "Quayle",
        "Rowntree",
        "Sutherland",
        "Thwaite",
        "Varga",
        "Whelan",
    ],
    cities: &["Sheffield", "Inverness", "Keswick", "Bristol", "Galway", "Cardiff", "Leeds", "Fort William", "Belfast", "Norwich"],
    openers: &["", "", "", "", "Hi, ", "Hello there, ", "Hi Fernway, ", "Morning! ", "Good evening, ", "Hi team, quick one. "],
    closers: &[
        "",
        "",
        "",
        "",
        "",
        "\n\nThanks, {name}",
        "\n\nCheers\n{name}",
        "\n\nMany thanks,\n{name} {surname}, {city}",
        "\n\nSent from a hut with one bar of signal",
        "\n\nThanks in advance. {name}",
        "\n\nNo rush, I only leave on {weekday}.",
        "\n\n{name} (customer since the days of the paper catalogue)",
    ],
    greetings: &["", "", "Hi {name},\n\n", "Hello {name},\n\n", "Thanks for writing, {name}.\n\n"],
    farewells: &[
        "",
        "",
        "",
        "\n\nKind regards,\nFernway support",
        "\n\nHave a good trip,\nFernway",
        "\n\nJust reply here if anything is unclear.",
    ],
};

static GERMAN: People = People {
    first: &["Anja", "Bernd", "Clara", "Dirk", "Elif", "Franziska", "Gero", "Heike", "Jonas", "Katrin", "Lukas", "Mareike", "Sönke", "Uta"],
    last: &[
        "Albrecht",
        "Brandt",
        "Demir",
        "Engelhardt",
        "Förster",
        "Gruber",
        "Hofstetter",
        "Jansen",
        "Krüger",
        "Lindner",
        "Moser",
        "Zeller",
    ],
    cities: &["Freiburg", "Garmisch", "Leipzig", "Graz", "Luzern", "Kiel", "Göttingen", "Innsbruck"],
    openers: &["", "", "Hallo, ", "Guten Tag, ", "Moin, ", "Servus, "],
    closers: &["", "", "", "\n\nVielen Dank\n{name} {surname}", "\n\nGrüße aus {city}", "\n\nMit freundlichen Grüßen\n{name} {surname}"],
    greetings: &["", "", "Hallo {name},\n\n", "Guten Tag {name} {surname},\n\n"],
    farewells: &["", "", "\n\nViele Grüße\nIhr Team von Fernway", "\n\nGute Reise!"],
};

static FRENCH: People = People {
    first: &["Amélie", "Bastien", "Camille", "Damien", "Élodie", "Farid", "Hugo", "Inès", "Juliette", "Luc", "Maëlle", "Sylvain"],
    last: &["Arnaud", "Besson", "Charpentier", "Delmas", "Favre", "Guérin", "Lacroix", "Moulin", "Perrin", "Rolland", "Vasseur"],
    cities: &["Grenoble", "Annecy", "Toulouse", "Nantes", "Lausanne", "Chambéry", "Clermont-Ferrand"],
    openers: &["", "", "Bonjour, ", "Bonsoir, ", "Bonjour à tous, "],
    closers: &["", "", "", "\n\nMerci d'avance,\n{name}", "\n\nCordialement,\n{name} {surname}", "\n\nBonne journée, {name}"],
    greetings: &["", "Bonjour {name},\n\n", "Bonjour,\n\n"],
    farewells: &["", "", "\n\nBien à vous,\nL’équipe Fernway", "\n\nBonne randonnée !"],
};

static SPANISH: People = People {
    first: &["Aitana", "Beltrán", "Carmen", "Diego", "Elena", "Gonzalo", "Irene", "Jorge", "Lucía", "Nuria", "Pau", "Rocío"],
    last: &["Aranda", "Bermejo", "Castaño", "Domínguez", "Etxeberria", "Ferrer", "Gallego", "Herrero", "Iglesias", "Llorente"],
    cities: &["Huesca", "Bilbao", "Granada", "Girona", "Oviedo", "Zaragoza", "Jaca"],
    openers: &["", "", "Hola, ", "Buenas, ", "Buenos días: "],
    closers: &["", "", "", "\n\nMuchas gracias, {name}", "\n\nUn saludo desde {city}", "\n\nGracias de antemano.\n{name} {surname}"],
    greetings: &["", "Hola, {name}:\n\n", "Gracias por escribirnos, {name}.\n\n"],
    farewells: &["", "", "\n\nUn saludo,\nEl equipo de Fernway", "\n\n¡Buena ruta!"],
};
