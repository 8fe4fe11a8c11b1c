using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Cli.Output;

/// <summary>
/// Standard output and standard error, the only place that touches the console. Results go to the first, everything
/// about them to the second. Colour only where a person looks.
/// </summary>
public sealed class Terminal
{
    private readonly TextWriter output;
    private readonly TextWriter errors;
    private readonly bool isColourful;

    public Terminal(TextWriter output, TextWriter errors, OutputForm form, bool isColourful)
    {
        this.output = output;
        this.errors = errors;
        this.isColourful = isColourful;
        Form = form;
    }

    public OutputForm Form { get; }

    public TextWriter Errors => errors;

    public static Terminal Open(OutputForm form) => Open(form, Console.Out, Console.Error);

    /// <summary>Colourful only where the output is this process's own and a person looks at it.</summary>
    public static Terminal Open(OutputForm form, TextWriter output, TextWriter errors) => new(
        output,
        errors,
        form,
        isColourful: output == Console.Out && !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public void WriteLine(string text = "") => output.WriteLine(text);

    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>The same result for either reader.</summary>
    public void WriteResult<T>(T value, JsonTypeInfo<T> type, Action<Terminal> writeText)
    {
        if (Form == OutputForm.Json)
        {
            WriteJson(value, type);
        }
        else
        {
            writeText(this);
        }
    }

    public void WriteError(VerbFailure failure)
    {
        if (Form == OutputForm.Json)
        {
            errors.WriteLine(JsonSerializer.Serialize(new VerbFailureEnvelope(failure), OutputJson.Default.VerbFailureEnvelope));
            return;
        }

        errors.WriteLine($"appliance: {failure.Message}");
    }

    /// <summary>Details for whoever mends the appliance itself; printed on request only.</summary>
    public void WriteDebug(string text)
    {
        if (Environment.GetEnvironmentVariable("APPLIANCE_DEBUG") is { Length: > 0 })
        {
            errors.WriteLine(text);
        }
    }

    /// <summary>Whether a person watches standard error, where progress is shown.</summary>
    public bool ShowsProgress => Form == OutputForm.Text && errors == Console.Error && !Console.IsErrorRedirected;

    /// <summary>Whether a person can be asked something.</summary>
    public bool CanAsk => ShowsProgress && !Console.IsInputRedirected;

    /// <summary>Asks a question that is answered with yes or no; anything but yes is no.</summary>
    public bool Ask(string question)
    {
        errors.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    /// <summary>Shows how far something is, in the place of what was shown before; null takes it away.</summary>
    public void ShowProgress(string? text)
    {
        if (ShowsProgress)
        {
            errors.Write($"\r\e[K{text}");
        }
    }

    /// <summary>The bytes of standard input.</summary>
    public static Stream OpenInput() => Console.OpenStandardInput();

    /// <summary>The bytes of standard output, for data that is the result itself.</summary>
    public static Stream OpenOutput() => Console.OpenStandardOutput();

    public string Paint(string text, Colour colour) => isColourful ? $"\e[{(int)colour}m{text}\e[0m" : text;
}

/// <summary>Colours by meaning, as terminals number them.</summary>
public enum Colour
{
    Bad = 31,
    Good = 32,
    Warning = 33,
    Dim = 90,
}
