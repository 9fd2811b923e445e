"""Some of the commonest function words of many languages, to tell languages apart.

Only languages that share a script with another need words. A word of several languages
counts for each in part.
"""

LANGUAGE_WORDS = {
    "English": (
        "the and of to a in is i it you that for on with my this are was be have not "
        "but so at we just me all your what they he she do from if or an by can our "
        "as no out up when about how there their has will more who get been would i'm "
        "it's don't"
    ),
    "German": (
        "der die das und ist nicht ich ein eine einen dem den mit auf für von zu im "
        "auch aber wie wir ihr sie er es sich noch nur wenn dass was schon heute mehr "
        "man hat sind uns nach bei mir mich"
    ),
    "French": (
        "le la les des du un une et est que qui en pour dans ce il elle je tu nous ne "
        "pas plus sur avec mais ou sa ses au c'est j'ai on tout sont cette être fait "
        "bien quand ma mon mes hier leur où"
    ),
    "Spanish": (
        "el la los las de del que y en un una por con para es se lo su no me te mi si "
        "como más pero ya muy todo hay este esta hoy cuando porque al le son nos mis "
        "está dónde donde mañana"
    ),
    "Portuguese": (
        "o a os as um uma e é do da dos das em não que para com no na mais mas por se "
        "eu você ele foi isso ao muito já meu minha só quem está ser quando nos"
    ),
    "Italian": (
        "il lo la gli le di che è e non per un una con del della nel sono ma mi si ci "
        "come anche più ho ha questo dei alla al da se cosa io quando tutti "
        "dove stasera"
    ),
    "Catalan": (
        "el la els les de que i en un una per amb no és ho més però com aquest aquesta "
        "del al ha meva avui són també si molt quan tot ens"
    ),
    "Romanian": (
        "și în de la nu că pe cu o un este mai din ce am se a să sunt dar pentru care "
        "cum dacă fost când meu mea ne sa toate"
    ),
    "Dutch": (
        "de het een en van ik je is dat niet in op te met voor er maar om ook als aan "
        "wat zijn nog naar hij we bij was heb dan zo uit deze wel"
    ),
    "Swedish": (
        "och att det är en ett jag som på i för inte med av den till har vi om men var "
        "så kan när han hon från nu du mig ska där eller sig"
    ),
    "Danish": (
        "og at det er en et jeg som på i for ikke med af den til har vi om men var så "
        "kan når han hun fra nu du mig skal der eller sig de"
    ),
    "Finnish": (
        "ja on ei se että en hän oli mutta kun ovat niin mitä minä sinä me tai jos nyt "
        "vain myös kuin olen mikä tämä ole jo vielä koska sitä"
    ),
    "Hungarian": (
        "a az és hogy nem is egy van de ez meg csak már ha én mert még volt kell vagy "
        "mint azt fel el lesz majd nincs ki nagyon"
    ),
    "Polish": (
        "i w nie się na z do to że jest jak co ale o po tak za od czy już tylko przez "
        "dla ja ty są był mnie sobie być może ma"
    ),
    "Czech": (
        "a je se v na to že s z do i o ale jsem jak za po co pro tak by jako už když "
        "byl jen mi si ve jsou není jsme být kdo kde proč každý"
    ),
    "Turkish": (
        "bir ve bu da de ne için çok ama gibi o ben sen var daha en ile ki mi kadar "
        "sonra değil her şey olan diye yok biz bana beni hiç siz dün bugün nasıl"
    ),
    "Indonesian": (
        "yang dan di ini itu dengan untuk tidak dari ke saya aku ada kita kamu akan "
        "pada juga sudah bisa karena lagi atau jadi kalau lebih dia saja"
    ),
    "Vietnamese": (
        "là và của có không tôi cho một được người với này những đã trong các thì rất "
        "khi đi làm cũng ở nhà lại như ra đến mình"
    ),
    "Russian": (
        "и в не на я что с а как это по но он она у так мы к же все его за из ты то "
        "вы был от меня есть уже для когда нет бы если кто"
    ),
    "Ukrainian": (
        "і в не на я що з а як це по але він вона у так ми до ж все його за із ти то "
        "ви був від мене є вже для коли та й би якщо хто"
    ),
    "Arabic": (
        "من في على و أن إلى لا ما هذا عن مع كل يا هو التي الذي هذه كان أو لم قد بعد ثم "
        "هل أنا إن الله"
    ),
    "Persian": (
        "و در به از که این را با است برای آن یک هم تا من ما می بود شد هر یا اگر خود "
        "های نیست چه"
    ),
}
