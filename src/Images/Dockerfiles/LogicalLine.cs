namespace Appliance.Images.Dockerfiles;

/// <summary>One instruction's text: lines that go on in the next are one, comments are gone.</summary>
/// <param name="Number">Of its first line, from 1.</param>
/// <param name="Keyword">In capitals.</param>
/// <param name="Text">What follows the keyword.</param>
/// <param name="Heredocs">Texts that stand below it.</param>
public sealed record LogicalLine(int Number, string Keyword, string Text, IReadOnlyList<Heredoc> Heredocs);

/// <summary>A text that stands below an instruction, up to a line with its name.</summary>
/// <param name="Name">The name, for a file of that text, and for the line that ends it.</param>
/// <param name="Content">The lines, each with its end.</param>
/// <param name="IsExpanded">Whether variables in it stand for their values: where the name is without quotes.</param>
public sealed record Heredoc(string Name, string Content, bool IsExpanded);
