//! French.

use super::{Flaw, Goods, Language, Scenario, Tool, Topic, USUAL, flawed};

const FRENCH: Scenario = Scenario { language: Language::French, ..USUAL };

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Jacket,
        topic: Topic::Returns,
        tools: &[Tool::LookupOrder, Tool::CheckStock, Tool::CreateReturn],
        tags: &["returns", "sizing"],
        messages: &[
            "la veste {product} est superbe mais je flotte dedans. Peut-on l'échanger contre une S ? Commande {order}.",
            "j'ai commandé la {product} en M et reçu une XL. Nous tenons à deux dedans, c'est sympathique, mais non.",
        ],
        answers: &[
            "Bien sûr. J’ai réservé la **taille S** et envoyé l’étiquette de retour par e-mail. La nouvelle veste part dès que {carrier} scanne votre colis : vous n’attendez pas qu’il nous arrive. L’échange est gratuit pendant 60 jours.",
            "Toutes mes excuses, c’est une erreur de préparation. La bonne taille part aujourd’hui et devrait arriver {arrival}. Le retour de la XL est à notre charge.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Les échanges coûtent {shipping} et doivent être demandés dans les 14 jours.",
            "Free, and 60 days. It seems to quote the old terms.",
        )],
        weight: 5,
        ..FRENCH
    },
    Scenario {
        goods: Goods::Bag,
        topic: Topic::Product,
        tools: &[],
        tags: &["prod"],
        messages: &[
            "le {product} perd des plumes comme une oie inquiète. Est-ce normal ?",
            "peut-on laver le duvet {product} en machine ? Il a rencontré une fondue.",
        ],
        answers: &[
            "Quelques plumes au début, oui : elles passent par les coutures. Ne tirez pas dessus, **repoussez-les par l’intérieur**. Si vous en perdez encore après cinq nuits, c’est un défaut, et la garantie s’applique.",
            "Oui : machine à chargement frontal, 30 °C, lessive spéciale duvet, sans adoucissant. Puis séchage doux pendant trois heures avec *deux balles de tennis*. Pour la fondue, savon de Marseille sur la tache avant le lavage.",
        ],
        ..FRENCH
    },
    Scenario {
        name: "track_parcel",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping", "billing"],
        messages: &[
            "la douane me demande {duty} pour {order}. Je croyais les droits compris ?",
            "où est mon colis {tracking} ? Le suivi dit « en cours de réflexion » ou presque.",
        ],
        answers: &[
            "Les droits sont compris pour les commandes **de plus de 150 €**. Le total de la vôtre est de {total} : au-dessus de cette limite, ne payez rien et envoyez-moi une photo de l’avis ; en dessous, la douane peut en effet les demander.",
            "Le colis {tracking} a quitté le dépôt ce matin. Livraison prévue **{arrival}** entre {hour} h et {later} h.",
        ],
        flawed: &[flawed(
            Flaw::Incomplete,
            "Veuillez vous adresser à la douane.",
            "It does not say who is right, and that was the question.",
        )],
        ..FRENCH
    },
    Scenario {
        name: "escalate",
        topic: Topic::Returns,
        tools: &[Tool::FindAgent],
        tags: &["returns", "tone"],
        messages: &[
            "c'est la quatrième fois que j'explique la même chose à votre machine. Un être humain, s'il vous plaît. Dossier {return}.",
        ],
        answers: &[
            "Je comprends, et je n’insiste pas. **{agent}** reprend votre dossier {return} et vous écrit dans les quinze minutes. Toute la conversation lui est transmise : vous n’aurez rien à répéter.",
        ],
        flawed: &[flawed(
            Flaw::Cold,
            "Pouvez-vous préciser votre demande ?",
            "Fifth time, then. @Mara can we make *human please* an instant hand-over?",
        )],
        ..FRENCH
    },
];
