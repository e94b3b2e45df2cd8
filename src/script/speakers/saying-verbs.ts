/** Verbs of saying, as novels use them beside what is said, by language. Regular-expression alternatives, longest forms included. Pure. */

/** The languages whose dialogue is known. */
export type SpeechLanguage = 'en' | 'de' | 'fr' | 'es' | 'it' | 'pt' | 'ru' | 'id' | 'zh' | 'ja' | 'ko';

/** `said`, `sagte`, `dit` …: each list is an alternation for a regular expression. */
export const SAYING_VERBS: Readonly<Record<SpeechLanguage, string>> = {
  en: alternatives(
    'said says say saying asked cried replied answered shouted whispered murmured muttered exclaimed called added continued went_on began returned observed remarked retorted demanded inquired enquired explained suggested agreed admitted announced declared roared yelled screamed bellowed growled grunted groaned sighed moaned sobbed laughed gasped snapped protested insisted interrupted put_in broke_in struck_in repeated echoed pleaded begged urged warned ordered commanded assured told responded stammered thundered hissed chuckled ventured boomed piped faltered snorted sniffed concluded proceeded resumed rejoined ejaculated persisted mumbled drawled wailed squeaked corrected objected confessed croaked shrieked sneered giggled wondered breathed pursued cut_in burst_out commented mused reflected reminded informed pronounced promised maintained acknowledged assented entreated implored advised asserted affirmed argued conceded confirmed countered grumbled hinted lied noted panted pressed queried quoted recited related reported sang spluttered stated stuttered supplied teased tittered volunteered whimpered whined bawled barked quavered soliloquized thought finished threatened swore cautioned prompted intoned crooned cooed gulped choked sputtered blurted_out blurted hollered scoffed snarled rasped wheezed joked quipped lamented offered instructed soothed complained accused scolded chided mocked taunted apologized apologised reasoned speculated elaborated clarified estimated guessed cursed hooted chirped trilled purred simpered expostulated remonstrated marvelled marveled challenged counselled',
  ),
  de: alternatives(
    'sagte sagt fragte fragt rief ruft antwortete antwortet erwiderte flüsterte murmelte schrie meinte meint erklärte entgegnete versetzte bemerkte seufzte lachte brummte knurrte zischte stammelte stotterte brüllte kreischte bat befahl hauchte wisperte raunte wiederholte ergänzte widersprach protestierte beharrte gestand verkündete warnte drängte unterbrach begann setzte_hinzu fügte_hinzu fügte fuhr nickte erkundigte höhnte spottete jammerte klagte keuchte stöhnte schluchzte gab_zurück wollte_wissen berichtete erzählte versicherte versprach wandte überlegte dachte sprach hakte_nach stimmte wunderte beschwerte',
  ),
  fr: alternatives(
    "dit demanda répondit cria murmura s'écria s’écria s'exclama s’exclama reprit ajouta répliqua fit chuchota souffla hurla balbutia bégaya soupira gémit grogna grommela protesta insista expliqua déclara annonça affirma continua poursuivit conclut interrogea interrompit lança jeta rétorqua riposta acquiesça approuva avoua admit ordonna commanda supplia implora promit assura remarqua observa constata commença répéta coupa s'enquit s’enquit questionna ricana plaisanta sanglota marmonna rit pensa songea demande répond crie murmure s'écrie s’écrie ajoute raconta précisa résuma prévint avertit bougonna maugréa gronda railla suggéra proposa conseilla",
  ),
  es: alternatives(
    'dijo dice preguntó pregunta respondió responde contestó gritó exclamó murmuró susurró añadió agregó replicó repuso repitió insistió explicó declaró anunció afirmó continuó prosiguió siguió concluyó interrumpió protestó ordenó suplicó rogó pidió prometió aseguró observó comentó comenzó empezó admitió confesó reconoció suspiró gimió sollozó gruñó rugió bramó chilló balbuceó tartamudeó masculló rió sonrió bromeó advirtió avisó aconsejó propuso sugirió quiso_saber inquirió interrogó dije pregunté respondí contesté exclamé grité murmuré susurré añadí repliqué repuse repetí insistí expliqué contó precisó resumió gimoteó aulló musitó farfulló objetó asintió sentenció intervino terció pensó dijeron',
  ),
  it: alternatives(
    'disse dice chiese chiede domandò rispose risponde gridò esclamò mormorò sussurrò raccontò precisò aggiunse replicò ribatté ribattè ripeté ripetè insistette insisté spiegò dichiarò annunciò affermò continuò proseguì riprese concluse interruppe protestò ordinò supplicò implorò pregò promise assicurò osservò commentò cominciò ammise confessò riconobbe sospirò gemette singhiozzò grugnì ruggì urlò strillò balbettò borbottò brontolò rise sorrise scherzò avvertì consigliò propose suggerì obiettò annuì sentenziò intervenne dissi risposi chiesi domandai esclamai gridai mormorai sussurrai aggiunsi replicai ribattei ripetei insistetti spiegai ammisi confessai pensò fece bisbigliò strepitò sbottò',
  ),
  pt: alternatives(
    'disse diz perguntou pergunta respondeu responde gritou exclamou murmurou sussurrou acrescentou replicou retrucou repetiu insistiu explicou declarou anunciou afirmou continuou prosseguiu concluiu interrompeu protestou ordenou suplicou implorou pediu prometeu assegurou garantiu observou comentou começou admitiu confessou reconheceu suspirou gemeu soluçou grunhiu rugiu berrou guinchou balbuciou gaguejou resmungou riu sorriu brincou avisou advertiu aconselhou propôs sugeriu quis_saber indagou questionou objetou assentiu sentenciou interveio pensou cochichou bradou respondi perguntei exclamei gritei murmurei sussurrei acrescentei repliquei repeti insisti expliquei admiti confessei protestei falou contou precisou tornou volveu atalhou acudiu',
  ),
  ru: alternatives(
    'сказал сказала сказали говорит говорил говорила спросил спросила спросили ответил ответила отвечал отвечала крикнул крикнула закричал закричала воскликнул воскликнула прошептал прошептала шепнул шепнула пробормотал пробормотала добавил добавила прибавил прибавила возразил возразила повторил повторила продолжал продолжала продолжил продолжила объяснил объяснила пояснил пояснила заявил заявила объявил объявила согласился согласилась признался призналась признал признала вздохнул вздохнула простонал простонала всхлипнул всхлипнула проворчал проворчала буркнул буркнула прорычал прорычала заорал заорала рявкнул рявкнула взвизгнул взвизгнула пролепетал пролепетала усмехнулся усмехнулась улыбнулся улыбнулась рассмеялся рассмеялась засмеялся засмеялась пошутил пошутила предупредил предупредила посоветовал посоветовала предложил предложила поинтересовался поинтересовалась осведомился осведомилась перебил перебила прервал прервала вмешался вмешалась приказал приказала велел велела попросил попросила умолял умоляла пообещал пообещала заверил заверила заметил заметила начал начала отозвался отозвалась произнёс произнес произнесла промолвил промолвила проговорил проговорила подумал подумала кивнул кивнула отрезал отрезала протянул протянула хмыкнул хмыкнула удивился удивилась обрадовался обрадовалась',
  ),
  id: alternatives(
    'kata katanya ujar ujarnya tanya tanyanya jawab jawabnya seru serunya teriak teriaknya bisik bisiknya gumam gumamnya sahut sahutnya tukas tukasnya balas balasnya tambah tambahnya ucap ucapnya tutur tuturnya sambung sambungnya lanjut lanjutnya keluh keluhnya perintah perintahnya pinta pintanya bentak bentaknya protes protesnya jelas jelasnya potong potongnya timpal timpalnya pikir pikirnya bujuk bujuknya desah desahnya berkata bertanya menjawab berseru berteriak berbisik bergumam menyahut membalas menambahkan menjelaskan melanjutkan mengeluh memerintah meminta membentak memotong mengaku memohon menegaskan menyela tertawa tersenyum',
  ),
  zh: '(?:说道|说|說道|說|问道|问|問道|問|喊道|喊|叫道|叫|答道|回答道|回答|答|嚷道|嚷|笑道|叹道|嘆道|骂道|罵道|吼道|吼|嘀咕道|嘀咕|嘟囔道|嘟囔|低语|低语道|解释道|解释|补充道|补充|反驳道|反驳|接着说|接口道|插嘴道|插嘴|追问道|追问|建议道|建议|提醒道|提醒|命令道|命令|哀求道|应道|应声道|开口道|开口|喝道|哭道|喃喃道|喃喃|道|想)',
  ja: '(?:言っ|云っ|いった|いって|言う|言い|聞い|聞く|訊い|訊ね|尋ね|たずね|答え|こたえ|叫ん|叫び|さけん|呟い|つぶやい|ささやい|囁い|返し|返事を|怒鳴っ|どなっ|つけ加え|付け加え|続け|促し|頼ん|頼み|命じ|笑っ|うなずい|頷い|説明し|口を開い|声をかけ|声を上げ|声をあげ|話し|告げ|述べ|思っ|考え)',
  ko: '(?:말했|말하|물었|묻|대답했|대답하|외쳤|외치|소리쳤|소리치|속삭였|속삭이|중얼거렸|중얼거리|중얼댔|덧붙였|덧붙이|되물었|반문했|설명했|대꾸했|고함쳤|고함을|투덜거렸|투덜댔|부탁했|명령했|제안했|웃었|웃으며|한숨을|이었|재촉했|생각했|타일렀|경고했|말을|입을)',
};

/** Words that begin a sentence and look like a name there; pronouns, articles, conjunctions. */
export const NOT_NAMES: Readonly<Partial<Record<SpeechLanguage, string>>> = {
  en: alternatives(
    'He She It I We You They The A An This That These Those There Then But And So Who What When Where Why How His Her Their Our My Your One Someone Somebody Everyone Everybody Nobody Another Both Each Yes Not No Now After Before As At In On If For From With Well Oh Only Even Once Suddenly Finally Neither Either All Some Several Here Thus Again Presently Still Yet Nor Or By To Of Since While Until Though Although Because Perhaps Indeed Later Soon Instead',
  ),
  de: alternatives(
    'Er Sie Es Ich Wir Ihr Man Der Die Das Den Dem Ein Eine Einer Dieser Diese Dieses Jener Jene Da Dann Aber Und Oder So Wer Was Wann Wo Warum Wie Sein Seine Ihre Mein Meine Dein Jemand Niemand Alle Beide Nein Ja Nicht Nun Jetzt Nach Vor Als Wenn Für Von Mit Plötzlich Endlich Schließlich Auch Doch Hier Dort Keiner Jeder',
  ),
  fr: alternatives(
    'Il Elle Ils Elles Je Nous Vous Tu On Le La Les Un Une Des Ce Cet Cette Ces Son Sa Ses Mon Ma Mes Leur Puis Mais Et Ou Alors Qui Que Quand Où Pourquoi Comment Personne Tous Non Oui Ne Maintenant Après Avant Enfin Soudain Dieu Celui Celle',
  ),
  es: alternatives(
    'Él Ella Ellos Ellas Yo Nosotros Usted Ustedes Tú El La Los Las Un Una Este Esta Ese Esa Aquel Su Sus Mi Mis Luego Pero Y O Entonces Quién Que Cuando Donde Nadie Todos No Sí Ahora Después Antes Al Dios Alguien Así',
  ),
  it: alternatives(
    'Egli Lui Lei Loro Essi Io Noi Voi Tu Il Lo La I Gli Le Un Uno Una Questo Questa Quello Quella Suo Sua Mio Mia Poi Ma E O Allora Chi Che Quando Dove Nessuno Tutti No Sì Non Ora Dopo Prima Infine Dio Qualcuno Così',
  ),
  pt: alternatives(
    'Ele Ela Eles Elas Eu Nós Você Vocês Tu O A Os As Um Uma Este Esta Esse Essa Aquele Seu Sua Meu Minha Depois Mas E Ou Então Quem Que Quando Onde Ninguém Todos Não Sim Agora Antes Enfim Deus Alguém Assim',
  ),
  ru: alternatives(
    'Он Она Они Оно Я Мы Вы Ты Этот Эта Это Тот Та Его Её Ее Их Мой Моя Твой Наш Потом Но И А Или Тогда Кто Что Когда Где Почему Как Никто Все Всё Нет Да Не Теперь После Вдруг Наконец Бог Кто-то Так Один Одна',
  ),
  id: alternatives(
    'Dia Ia Mereka Aku Saya Kami Kita Kamu Anda Itu Ini Lalu Kemudian Tetapi Tapi Dan Atau Siapa Apa Kapan Di Mengapa Bagaimana Semua Tidak Ya Sekarang Setelah Sebelum Akhirnya Tuhan Seseorang Orang',
  ),
};

/** `put_in` is two words. */
function alternatives(list: string): string {
  return `(?:${list.replaceAll('_', '\\s').split(' ').join('|')})`;
}
