/** English first names that only men, or only women, have in novels. Pure. */

const MEN = new Set(
  (
    'Aaron Abraham Adam Adrian Alan Albert Alec Alexander Alfred Algernon Allan Ambrose Amos Andrew Anthony Archibald Archie Arnold Arthur Augustus Barnaby Bartholomew ' +
    'Basil Ben Benedict Benjamin Bernard Bertie Bertram Bill Bob Bobby Brian Bruce Cecil Cedric Charles Charley Charlie Chris Christopher Clarence Claude Clement Clifford ' +
    'Clive Colin Conrad Cuthbert Cyril Daniel Dave David Denis Dennis Derek Dick Donald Douglas Duncan Ebenezer Ed Eddie Edgar Edmund Edward Edwin Eric Ernest Eugene Felix ' +
    'Ferdinand Frank Fred Freddy Frederick Gabriel Geoffrey George Gerald Gilbert Godfrey Gordon Graham Gregory Guy Harold Harry Hector Henry Herbert Horace Howard Hubert ' +
    'Hugh Hugo Humphrey Ian Isaac Ivan Jack Jacob Jake James Jasper Jeremy Jerome Jerry Jim Jimmy Joe Joel John Johnny Jonathan Joseph Joshua Jude Julian Julius Kenneth ' +
    'Lancelot Laurence Lawrence Leo Leonard Leopold Lewis Lionel Louis Lucas Luke Malcolm Mark Martin Matthew Maurice Max Maxwell Michael Mike Miles Mortimer Moses Nathan ' +
    'Nathaniel Ned Neil Nicholas Nick Nigel Noah Norman Oliver Oscar Oswald Owen Pat Patrick Paul Percival Percy Peter Phil Philip Pip Ralph Raymond Reginald Reggie Richard ' +
    'Rob Robert Robin Roderick Roger Roland Ronald Rufus Rupert Sam Samuel Septimus Sebastian Sidney Silas Simon Solomon Stanley Stephen Steven Stuart Ted Terence Theodore ' +
    'Thomas Tibby Tim Timothy Tobias Toby Tom Tommy Tony Victor Vincent Walter Wilfred Will William Willie Willy Winston'
  ).split(' '),
);
const WOMEN = new Set(
  (
    'Abigail Ada Adela Adelaide Adele Agatha Agnes Alexandra Alice Alma Amelia Amy Angela Angelica Ann Anna Anne Annie Antonia Arabella Augusta Barbara Beatrice Becky Bella ' +
    'Bertha Bess Bessie Betsy Betty Blanche Brenda Brett Bridget Camilla Carol Caroline Catherine Cecilia Charlotte Christina Christine Clara Clarissa Clementine Constance ' +
    'Cora Cordelia Cynthia Daisy Daphne Deborah Diana Dolly Dora Doris Dorothea Dorothy Edith Edna Effie Eleanor Eliza Elizabeth Ella Ellen Elsie Emily Emma Esther Ethel ' +
    'Eugenia Eunice Eva Eve Evelina Fanny Flora Florence Frances Freda Georgiana Geraldine Gertrude Gloria Grace Gwendolen Hannah Harriet Hazel Helen Helena Henrietta Hester ' +
    'Hilda Ida Irene Isabel Isabella Ivy Jane Janet Jean Jemima Jennie Jenny Jessica Jessie Joan Joanna Josephine Judith Julia Juliet Kate Katharine Katherine Kathleen Kitty ' +
    'Laura Lavinia Letitia Lilian Lily Lizzie Lois Lottie Louisa Louise Lucinda Lucy Lydia Mabel Madeline Maggie Margaret Margery Maria Marian Marianne Marie Marion Marjorie ' +
    'Martha Mary Matilda Maud Maude May Mildred Millicent Milly Minnie Miranda Miriam Molly Muriel Nancy Nell Nellie Nelly Nora Olive Olivia Ophelia Pamela Patience Patty ' +
    'Pauline Peggy Penelope Phoebe Phyllis Polly Priscilla Prudence Rachel Rebecca Rhoda Rosa Rosalind Rosamond Rose Rosemary Ruth Sally Sarah Selina Sibyl Sophia Sophie ' +
    'Stella Susan Susanna Susie Sybil Sylvia Teresa Theodora Theresa Ursula Valerie Vera Victoria Viola Violet Virginia Wendy Winifred Zoe'
  ).split(' '),
);

/** What a first name tells of a person; undefined for one that both have, and for any other word. */
export function genderOfFirstName(name: string): 'm' | 'f' | undefined {
  return MEN.has(name) ? 'm' : WOMEN.has(name) ? 'f' : undefined;
}
