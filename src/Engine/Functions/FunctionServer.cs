namespace Appliance.Engine.Functions;

/// <summary>How requests reach a function whose containers serve a port, and how its containers end.</summary>
/// <param name="Port">Inside; null where each container says which it serves.</param>
/// <param name="AsksForInputs">Whether its program asks for inputs, says itself when its port may be reached, and ends by itself.</param>
/// <param name="IsHttp2">Whether the port speaks HTTP/2 without TLS and nothing else.</param>
/// <param name="GraceSeconds">How long requests may take once a container is to end.</param>
public sealed record FunctionServer(int? Port, bool AsksForInputs, bool IsHttp2, int GraceSeconds)
{
    /// <summary>Requests are let finish for at least so long: a server that is replaced must not fail those that it has.</summary>
    private const int GraceMin = 30;

    /// <summary>What a container is meant for at once where its author names no number.</summary>
    public const double DefaultTarget = 20;

    /// <summary>Null where the program ends by itself.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan? Grace => AsksForInputs ? null : TimeSpan.FromSeconds(Math.Max(GraceMin, GraceSeconds));
}
