"""Words that carry grammar rather than a topic, kept as they are in patterns."""

FUNCTION_WORDS = frozenset(
    """
    a about above across after again against all almost along already also although
    always am among an and another any anybody anyone anything anyway are aren't around
    as at away back be because been before behind being below between both but by can
    can't cannot could couldn't did didn't do does doesn't doing don't done down during
    each either else enough even ever every everybody everyone everything except few
    for from get gets getting give go goes going gonna gotta got had hadn't has hasn't
    have haven't having he he'd he'll he's hence her here here's hers herself him
    himself his how however i i'd i'll i'm i've if in indeed instead into is isn't it
    it'd it'll it's its itself just kind last least less let let's like little ll lot
    made make many may maybe me might mine more most much must my myself near neither
    never new next no nobody none nor not nothing now of off often oh ok okay on once
    one ones only onto or other others ought our ours ourselves out over own per perhaps
    please put quite rather re really s same say see seem seems several shall she she'd
    she'll she's should shouldn't since so some somebody someone something sometimes
    somewhere still such t take than thank thanks that that'd that'll that's the their
    theirs them themselves then there there's therefore these they they'd they'll
    they're they've thing things this those though through throughout thus til till to
    together too toward towards under unless until up upon us use used using ve very via
    want was wasn't way we we'd we'll we're we've well were weren't what what's whatever
    when whenever where whether which while who who's whoever whole whom whose why will
    with within without won't would wouldn't yeah yes yet you you'd you'll you're you've
    your yours yourself yourselves
    im ive dont cant didnt doesnt isnt wasnt wont thats whats youre u ur r n w b c lol
    omg haha rt pls plz thx cuz bc wanna kinda dunno ain't ya yall y'all
    de la le les des du un une et est que qui en pour dans ce il elle je tu nous vous
    ne pas plus sur avec mais ou où son sa ses au aux el los las del y es por con para
    una lo se su mi me te si no como más pero al o os um uma e é do da dos das em não
    na no nas nos com mais mas der die das und ist nicht ich du er sie es wir ihr ein
    eine einen dem den mit auf für von zu im am auch aber wie so il di che non per
    """.split()  # noqa: SIM905 - a table of words reads better than a list
)
